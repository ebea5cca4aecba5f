package org.pgofs.fs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class LoopThreadsTest {
    private final CountDownLatch sessionEnds = new CountDownLatch(1);
    private final AtomicInteger made = new AtomicInteger();

    /** As at a limit of two threads. */
    private Thread limited(Runnable run) {
        return new Thread(run) {
            @Override
            public synchronized void start() {
                if (made.incrementAndGet() > 2) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                super.start();
            }
        };
    }

    @Test
    void shouldServeThoughNoThreadCanBeMade() throws InterruptedException {
        AtomicInteger cleanedUp = new AtomicInteger();
        LoopThreads threads = new LoopThreads(this::awaitSessionEnd, cleanedUp::incrementAndGet, this::limited);
        threads.start();
        for (int i = 0; i < 10; i++) {
            enter(threads);
        }
        assertEquals(3, made.get(), "another attempt at each request");
        for (int i = 0; i < 10; i++) {
            threads.leave();
        }
        sessionEnds.countDown();
        assertTrue(threads.awaitEnd(Duration.ofMinutes(3)));
        assertEquals(1, cleanedUp.get());
    }

    /** JUnit would end with an OutOfMemoryError. */
    private static void enter(LoopThreads threads) {
        try {
            threads.enter();
        } catch (OutOfMemoryError e) {
            throw new AssertionError("a request is refused", e);
        }
    }

    private void awaitSessionEnd() {
        try {
            sessionEnds.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
