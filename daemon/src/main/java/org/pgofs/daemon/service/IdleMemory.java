package org.pgofs.daemon.service;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pgofs.counters.linux.Linux;

/**
 * Returns memory to the kernel when the daemon has nothing to do: what a JVM and its libraries once took to answer a request
 * they keep otherwise.
 *
 * <ol>
 *   <li>It assumes that whoever asks for anything makes the Java heap grow. So nothing has to be counted for it.
 *   <li>It guarantees that memory is released between one and two intervals after the last request, and once only until the
 *       next.
 * </ol>
 */
public final class IdleMemory {
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    /** What regular looks at programs, and a heartbeat, take in an interval at most, in bytes. */
    static final long LITTLE = 1 << 20;

    private final LongSupplier used;
    private final Runnable release;
    private final long interval;
    private long before = Long.MAX_VALUE;
    private boolean isReleased;

    /** Not begun yet. */
    IdleMemory(LongSupplier used, Runnable release, Duration interval) {
        this.used = used;
        this.release = release;
        this.interval = interval.toMillis();
    }

    /**
     * Watches this JVM from now on.
     *
     * @param spare releases what the daemon itself keeps to be quicker; called by a thread that holds nothing
     */
    public static void watch(Runnable spare) {
        Runtime runtime = Runtime.getRuntime();
        IdleMemory memory = new IdleMemory(
                () -> runtime.totalMemory() - runtime.freeMemory(),
                () -> {
                    spare.run();
                    System.gc();
                    Linux.trimMemory();
                },
                INTERVAL);
        Thread thread = new Thread(memory::run, "idle-memory");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(interval);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look at the heap. If less is used than before, it was collected because there was something to do. */
    void look() {
        long now = used.getAsLong();
        boolean isIdle = now >= before && now - before < LITTLE;
        if (isIdle && !isReleased) {
            release.run();
            now = used.getAsLong();
        }
        isReleased = isIdle;
        before = now;
    }
}
