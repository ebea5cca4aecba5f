package org.pgofs.counters.process;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.pgofs.counters.limits.Shortages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at processes once a second, or less often if that takes more than a hundredth of a processor: by a thread of its
 * own. Thread-safe.
 */
public final class ProcessWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessWatcher.class);
    private static final long INTERVAL_MS = 1000;

    /** Looks may take the n-th part of a processor's time. */
    private static final int SHARE = 100;

    private final Processes processes;
    private final Shortages shortages;
    private final Thread thread = new Thread(this::run, "process-watcher");
    private volatile long intervalMs = INTERVAL_MS;
    private volatile boolean ended;

    /** Does not look yet. */
    public ProcessWatcher(Processes processes, Shortages shortages) {
        this.processes = processes;
        this.shortages = shortages;
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        while (!ended) {
            try {
                look();
                TimeUnit.MILLISECONDS.sleep(intervalMs);
            } catch (InterruptedException e) {
                return; // it is to end
            }
        }
    }

    private void look() {
        try {
            long takenMs = TimeUnit.NANOSECONDS.toMillis(processes.look());
            intervalMs = Math.max(INTERVAL_MS, takenMs * SHARE);
        } catch (IOException | RuntimeException | Error e) {
            shortages.note(e);
            LOG.error("looking at processes", e);
        }
    }

    /** How long it is from one look to the next, in milliseconds. */
    public long intervalMs() {
        return intervalMs;
    }

    /** Lets the thread end, and waits for that. */
    public void end() throws InterruptedException {
        ended = true;
        thread.interrupt();
        thread.join();
    }
}
