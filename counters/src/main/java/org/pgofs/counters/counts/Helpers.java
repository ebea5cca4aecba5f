package org.pgofs.counters.counts;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Threads that take a part of the work of one that has much to add up.
 *
 * <ol>
 *   <li>There is at most one for each further processor, and none when nothing was to do for some seconds.
 *   <li>Who has the work does all of it if no helper has time, or there is no memory for one.
 *   <li>He never waits for a helper that has not begun.
 * </ol>
 *
 * Thread-safe.
 */
final class Helpers {
    private static final int MOST = 7;
    private static final int SECONDS_IDLE = 10;

    private final int most;
    private final ThreadPoolExecutor threads;
    private final ThreadLocal<CounterReader> readers = ThreadLocal.withInitial(CounterReader::new);

    /** A part of the work. */
    interface Task {
        /**
         * Does a part, which no other thread does.
         *
         * @param index from 0
         * @param reader for this thread alone
         */
        void run(int index, CounterReader reader) throws IOException;
    }

    /** As many as there are further processors. */
    Helpers() {
        this(Math.min(MOST, Runtime.getRuntime().availableProcessors() - 1));
    }

    Helpers(int most) {
        this.most = most;
        threads = new ThreadPoolExecutor(
                0, Math.max(1, most), SECONDS_IDLE, TimeUnit.SECONDS, new SynchronousQueue<>(), Helpers::newThread);
    }

    private static Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "adder");
        thread.setDaemon(true);
        return thread;
    }

    /** How many there are at most. */
    int most() {
        return most;
    }

    /**
     * Does all tasks, and returns when no thread is at work on one.
     *
     * @param own for the calling thread
     * @throws IOException if a task failed: others may not have been done then
     */
    void run(int tasks, CounterReader own, Task task) throws IOException {
        Work work = new Work(tasks, task);
        for (int i = 0; i < Math.min(most, tasks - 1); i++) {
            try {
                threads.execute(() -> work.help(readers));
            } catch (RejectedExecutionException | OutOfMemoryError e) {
                break; // all are at work for somebody else, or there is no memory for one
            }
        }
        work.run(own);
        work.await();
    }

    private static final class Work {
        private final int tasks;
        private final Task task;
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch done;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Work(int tasks, Task task) {
            this.tasks = tasks;
            this.task = task;
            done = new CountDownLatch(tasks);
        }

        /** Without memory for a reader a helper does nothing. */
        void help(ThreadLocal<CounterReader> readers) {
            CounterReader reader;
            try {
                reader = readers.get();
            } catch (OutOfMemoryError e) {
                return;
            }
            run(reader);
        }

        void run(CounterReader reader) {
            for (int index = next.getAndIncrement(); index < tasks; index = next.getAndIncrement()) {
                try {
                    if (failure.get() == null) {
                        task.run(index, reader);
                    }
                } catch (IOException | RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                } finally {
                    done.countDown();
                }
            }
        }

        /** Even if it is interrupted: what the tasks write to is the caller's. */
        void await() throws IOException {
            boolean interrupted = false;
            while (true) {
                try {
                    done.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            rethrow(failure.get());
        }

        private static void rethrow(Throwable failure) throws IOException {
            if (failure instanceof IOException e) {
                throw e;
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
        }
    }
}
