package org.pgofs.counters.process;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.pgofs.counters.linux.Linux;

/**
 * Does what may never end, such as reading memory whose pages lie on a user's file system that does not answer: by
 * threads that are given up when they take too long. There is no way to end such a thread; so there is a bound of how many
 * are given up at a time. Thread-safe.
 */
final class Patience {
    /** More than any work takes, even on a busy machine: whoever waits for counts waits as long for one process, once. */
    private static final long MOST_MS = 2000;

    private static final int MOST_GIVEN_UP = 64;

    private final ExecutorService threads = Executors.newCachedThreadPool(Patience::newThread);
    private final AtomicInteger givenUp = new AtomicInteger();
    private final AtomicLong processorTime = new AtomicLong();

    private static Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "process-reader");
        thread.setDaemon(true);
        return thread;
    }

    /** It took too long. What it works with must not be used by anybody else any more. */
    static final class GivenUpException extends IOException {
        private static final long serialVersionUID = 1;

        private final transient Future<?> work;

        GivenUpException(Future<?> work) {
            super("does not answer within " + TimeUnit.MILLISECONDS.toSeconds(MOST_MS) + " seconds");
            this.work = work;
        }

        /** Whether it has ended after all. */
        boolean hasEnded() {
            return work.isDone();
        }
    }

    /**
     * Does some work.
     *
     * @throws GivenUpException if it takes too long
     * @throws IOException as the work does, or if too many others have not ended
     */
    <T> T call(Callable<T> work) throws IOException {
        if (givenUp.get() >= MOST_GIVEN_UP) {
            throw new IOException("is not looked at: " + MOST_GIVEN_UP + " processes do not answer");
        }
        AtomicInteger turn = new AtomicInteger();
        Future<T> future = threads.submit(() -> {
            long begun = Linux.processorTime();
            try {
                return work.call();
            } finally {
                processorTime.addAndGet(Linux.processorTime() - begun);
                if (turn.incrementAndGet() == 2) { // it was given up meanwhile
                    givenUp.decrementAndGet();
                }
            }
        });
        try {
            return future.get(MOST_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            givenUp.incrementAndGet();
            if (turn.incrementAndGet() == 2) { // it has ended meanwhile
                givenUp.decrementAndGet();
            }
            throw new GivenUpException(future);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error error) { // such as a lack of memory
                throw error;
            }
            throw new IOException(e.getCause().toString(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GivenUpException(future);
        }
    }

    /** How long all work has had a processor, in nanoseconds. */
    long processorTime() {
        return processorTime.get();
    }

    void end() {
        threads.shutdownNow();
    }
}
