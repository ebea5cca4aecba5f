package org.pgofs.counters;

import java.io.IOException;
import java.util.concurrent.locks.Lock;
import org.pgofs.counters.kernel.KernelWatch;
import org.pgofs.counters.kernel.RunningKernel;
import org.pgofs.counters.linux.Linux;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows what the running kernel loads and unloads, by a thread of its own: a module's memory is there for some milliseconds
 * after its end, and must be read before anything else. Thread-safe; without the store's lock.
 */
final class KernelThread {
    private static final Logger LOG = LoggerFactory.getLogger(KernelThread.class);

    private final Lock lock;
    private final RunningKernel kernel;
    private final SegmentWatcher watcher;
    private KernelWatch watch;
    private Thread thread;
    private volatile boolean ended;

    KernelThread(Lock lock, RunningKernel kernel, SegmentWatcher watcher) {
        this.lock = lock;
        this.kernel = kernel;
        this.watcher = watcher;
    }

    /** Begins to follow. */
    synchronized void start(KernelWatch opened) {
        watch = opened;
        ended = false;
        thread = new Thread(this::run, "kernel-watcher");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        Linux.hurry();
        while (!ended) {
            try {
                watch.await();
                watch.catchUp();
                apply();
            } catch (IOException | RuntimeException | Error e) {
                LOG.error("following the modules of the kernel: what happens is only seen when counts are wanted", e);
                return;
            }
        }
    }

    private void apply() throws IOException {
        lock.lock();
        try {
            if (!ended) {
                kernel.catchUp();
                watcher.wake(); // to save what ended
            }
        } finally {
            lock.unlock();
        }
    }

    /** Follows no longer; returns when nothing uses the watch any more. */
    synchronized void end() {
        if (thread == null) {
            return;
        }
        ended = true;
        try {
            watch.wake();
            thread.join();
        } catch (IOException e) {
            LOG.error("cannot end the thread that follows the kernel", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }
}
