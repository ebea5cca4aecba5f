package org.pgofs.counters.written;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.pgofs.counters.limits.Shortages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for written profiles now and then, as long as there are directories of them: by a thread of its own. Thread-safe. */
public final class FilesWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(FilesWatcher.class);
    private static final long INTERVAL_MS = 500;

    private final WrittenFiles files;
    private final Shortages shortages;
    private final Semaphore found = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "profile-files");
    private volatile boolean ended;

    /** Does not look yet. */
    public FilesWatcher(WrittenFiles files, Shortages shortages) {
        this.files = files;
        this.shortages = shortages;
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** There is a directory. */
    public void wake() {
        files.found();
        found.release();
    }

    private void run() {
        try {
            while (!ended) {
                if (files.isIdle()) {
                    found.acquire();
                } else {
                    look();
                    found.tryAcquire(INTERVAL_MS, TimeUnit.MILLISECONDS);
                }
                found.drainPermits();
            }
        } catch (InterruptedException e) {
            LOG.debug("it is to end");
        }
    }

    private void look() {
        try {
            files.look();
        } catch (RuntimeException | Error e) {
            shortages.note(e);
            LOG.error("looking for profiles", e);
        }
    }

    /** Lets the thread end, and waits for that. */
    public void end() throws InterruptedException {
        ended = true;
        found.release();
        thread.join();
    }
}
