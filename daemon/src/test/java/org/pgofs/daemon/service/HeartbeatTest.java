package org.pgofs.daemon.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class HeartbeatTest {
    private static final Duration SHORT = Duration.ofMillis(2);

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    private Heartbeat heartbeat(Callable<Boolean> proof) {
        return new Heartbeat(message -> heard.add(String.join(" ", message)), SHORT, proof, () -> "Serving\nit");
    }

    private String next() throws InterruptedException {
        String message = heard.poll(2, TimeUnit.MINUTES);
        assertTrue(message != null, "nothing is told");
        return message;
    }

    @Test
    void shouldTellThatItIsReadyAndThenThatItServes() throws InterruptedException {
        try (Heartbeat heartbeat = heartbeat(() -> true)) {
            heartbeat.begin();
            assertEquals("READY=1 STATUS=Serving\\x0ait", next());
            assertEquals("WATCHDOG=1 STATUS=Serving\\x0ait", next());
            assertEquals("WATCHDOG=1 STATUS=Serving\\x0ait", next());
        }
        List<String> rest = new ArrayList<>();
        heard.drainTo(rest);
        assertTrue(rest.contains("STOPPING=1 STATUS=Saving counts"), rest.toString());
    }

    /** Each proof that fails in its own way is one sign of life less. */
    @Test
    void shouldBeSilentWhileNothingAnswers() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch enough = new CountDownLatch(1);
        Callable<Boolean> proof = () -> {
            int count = asked.incrementAndGet();
            if (count == 20) {
                enough.countDown();
            }
            if (count % 2 == 0) {
                throw new IOException("no answer");
            }
            return false;
        };
        try (Heartbeat heartbeat = heartbeat(proof)) {
            heartbeat.begin();
            assertEquals("READY=1 STATUS=Serving\\x0ait", next());
            assertTrue(enough.await(2, TimeUnit.MINUTES));
            assertEquals(0, heard.size(), heard.toString());
        }
    }

    @Test
    void shouldGoOnWhenItAnswersAgain() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        try (Heartbeat heartbeat = heartbeat(() -> asked.incrementAndGet() > 3)) {
            heartbeat.begin();
            next();
            assertEquals("WATCHDOG=1 STATUS=Serving\\x0ait", next());
            assertTrue(asked.get() > 3);
        }
    }

    @Test
    void shouldEndWhileAProofDoesNotReturn() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try (Heartbeat heartbeat = heartbeat(() -> {
            asked.countDown();
            never.await();
            return true;
        })) {
            heartbeat.begin();
            next();
            assertTrue(asked.await(2, TimeUnit.MINUTES));
        }
        assertEquals("STOPPING=1 STATUS=Saving counts", next());
    }
}
