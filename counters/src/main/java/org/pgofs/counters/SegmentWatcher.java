package org.pgofs.counters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.Lock;
import java.util.stream.IntStream;
import org.pgofs.counters.limits.Shortages;
import org.pgofs.counters.linux.DirectoryWatch;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.segment.SegmentCatalog;
import org.pgofs.counters.segment.SegmentDiscovery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the store up to date with its directory. A thread of its own handles events and work that is due. Other threads
 * call {@link #catchUp} when they need everything that has happened until now. Guarded by the store's lock.
 */
final class SegmentWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentWatcher.class);
    private static final int RETRY_DELAY_MS = 1000;

    private final Lock lock;
    private final SegmentCatalog segments;
    private final SegmentDiscovery discovery;
    private final SampledSources sampled;
    private final Ledger ledger;
    private final Shortages shortages;
    private final Backlog backlog;
    private final DirectoryWatch watch;
    private final Thread thread = new Thread(this::run, "segment-watcher");
    private boolean ended;

    SegmentWatcher(
            Lock lock,
            Path directory,
            SegmentCatalog segments,
            SegmentDiscovery discovery,
            SampledSources sampled,
            Ledger ledger,
            Shortages shortages)
            throws IOException {
        this.lock = lock;
        this.segments = segments;
        this.discovery = discovery;
        this.sampled = sampled;
        this.ledger = ledger;
        this.shortages = shortages;
        backlog = new Backlog(segments::backlogSegments, segments::backlogBytes);
        watch = new DirectoryWatch(directory);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        // Segments of ended programs take up memory until this thread has found them, and a busy machine makes many.
        Linux.hurry();
        int timeoutMs = 0;
        while (timeoutMs != Integer.MIN_VALUE) {
            watch.await(timeoutMs);
            lock.lock();
            try {
                timeoutMs = ended ? Integer.MIN_VALUE : work();
            } catch (IOException | RuntimeException | Error e) {
                timeoutMs = RETRY_DELAY_MS;
                shortages.note(e);
                logError(e);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Logging needs memory: the thread must survive if there is none. */
    private static void logError(Throwable error) {
        try {
            LOG.error("watching the segment directory", error);
        } catch (OutOfMemoryError e) {
            // It is noted.
        }
    }

    /**
     * Handles events and work that is due.
     *
     * @return milliseconds after which to call this again even without an event, -1 for never
     */
    private int work() throws IOException {
        discovery.applyAll(watch::drain);
        int recheckDelayMs = discovery.recheckDue();
        int sampledDelayMs = sampled.work();
        int tidyDelayMs = discovery.tidy();
        backlog.found();
        int saveDelayMs = ledger.saveIfDue(watch.hasMore());
        if (!watch.hasMore()) {
            backlog.done();
        }
        if (saveDelayMs == -1 && segments.deleteIdleImageFiles()) {
            tidyDelayMs = 1;
        }
        return IntStream.of(recheckDelayMs, sampledDelayMs, tidyDelayMs, saveDelayMs)
                .filter(delay -> delay != -1)
                .min()
                .orElse(-1);
    }

    /** The segments of ended programs that are not deleted yet. */
    CounterStoreStatus.BacklogStatus backlog() {
        return backlog.status();
    }

    /** Applies all events from before the call. Work that follows from them, such as saving, is left to the thread. */
    void catchUp() throws IOException {
        boolean some = true; // if an error ends this
        try {
            some = discovery.applyAll(watch::drain);
        } finally {
            if (some) {
                watch.wake();
            }
        }
        discovery.scanIfEventsMissed();
        discovery.recheck();
        sampled.catchUp();
    }

    /** Lets the thread check again which work is due. */
    void wake() throws IOException {
        watch.wake();
    }

    /** Lets the thread end. */
    void end() throws IOException {
        ended = true;
        watch.wake();
    }

    /** Waits, without the lock, for the end of the thread, and releases the directory. */
    void awaitEnd() throws InterruptedException {
        thread.join();
        watch.close();
    }
}
