package org.pgofs.counters.process;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.pgofs.counters.limits.Shortages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has processes looked at once a second: by a thread of its own. Thread-safe. */
public final class ProcessWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessWatcher.class);
    private static final long INTERVAL_MS = 1000;

    private final Processes processes;
    private final Shortages shortages;
    private final Thread thread = new Thread(this::run, "process-watcher");
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
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MS);
            } catch (InterruptedException e) {
                return; // it is to end
            }
        }
    }

    private void look() {
        try {
            processes.lookRegularly();
        } catch (IOException | RuntimeException | Error e) {
            if (ended) {
                return; // the thread was interrupted
            }
            shortages.note(e);
            LOG.error("looking at processes", e);
        }
    }

    /** Lets the thread end, and waits for that. */
    public void end() throws InterruptedException {
        ended = true;
        thread.interrupt();
        thread.join();
    }
}
