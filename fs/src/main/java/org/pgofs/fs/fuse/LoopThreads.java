package org.pgofs.fs.fuse;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that serve a session. They belong to Java, since a native thread that calls into the JVM is attached and
 * detached at every call.
 *
 * <ol>
 *   <li>It assumes that the loop may be run by several threads at once, and that it returns in all of them when the
 *       session ends.
 *   <li>It guarantees that a thread is waiting for requests whenever fewer than {@link #MAX} are being served: one that
 *       blocks does not block the others. Where no more threads can be made, those that are there serve.
 *   <li>It guarantees that the last thread runs {@code whenEnded} after all have left the loop.
 * </ol>
 */
final class LoopThreads {
    static final int MAX = 64;
    private static final int MIN = 2;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Logger LOG = LoggerFactory.getLogger(LoopThreads.class);

    private final Runnable loop;
    private final Runnable whenEnded;
    private final ThreadFactory factory;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final AtomicInteger busy = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int live;
    private boolean failed;
    private long failedAt;

    LoopThreads(Runnable loop, Runnable whenEnded) {
        this(loop, whenEnded, Thread::new);
    }

    /** With other threads. */
    LoopThreads(Runnable loop, Runnable whenEnded, ThreadFactory factory) {
        this.loop = loop;
        this.whenEnded = whenEnded;
        this.factory = factory;
    }

    synchronized void start() {
        while (live < MIN) {
            add();
        }
    }

    /** The calling loop thread starts to serve a request. */
    void enter() {
        if (busy.incrementAndGet() >= live && live < MAX) {
            addIfNoneIdle();
        }
    }

    /** The calling loop thread has served its request. */
    void leave() {
        busy.decrementAndGet();
        // An interrupt was meant for that request.
        Thread.interrupted();
    }

    /** Interrupts the requests that are being served. */
    void interrupt() {
        threads.forEach(Thread::interrupt);
    }

    boolean haveEnded() {
        return ended.getCount() == 0;
    }

    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    boolean awaitEnd(Duration atMost) throws InterruptedException {
        return ended.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void addIfNoneIdle() {
        if (busy.get() >= live && live < MAX && !hasJustFailed()) {
            try {
                add();
            } catch (OutOfMemoryError e) {
                // The process may have no more (TasksMax, a pids cgroup). The calling thread can serve its request.
                if (!failed) {
                    LOG.error("cannot make another thread: {}; requests may wait for each other", e.getMessage());
                }
                failed = true;
                failedAt = System.nanoTime();
            }
        }
    }

    /** The JVM complains on standard output each time. */
    private boolean hasJustFailed() {
        return failed && System.nanoTime() - failedAt < RETRY_NANOS;
    }

    private synchronized void add() {
        Thread thread = factory.newThread(this::run);
        thread.setName("fuse-" + (live + 1));
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
        live++;
    }

    private void run() {
        try {
            loop.run();
        } finally {
            if (isLast()) {
                end();
            }
        }
    }

    private synchronized boolean isLast() {
        threads.remove(Thread.currentThread());
        live--;
        return live == 0;
    }

    private void end() {
        try {
            whenEnded.run();
        } catch (RuntimeException | Error e) {
            LOG.error("cannot clean up after the mount", e);
        } finally {
            ended.countDown();
        }
    }
}
