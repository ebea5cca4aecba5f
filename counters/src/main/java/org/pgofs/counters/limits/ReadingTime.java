package org.pgofs.counters.limits;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.OverBoundException;

/**
 * The processor time that the image files of each user have taken. Reading and checking one can take a second, during
 * which the store does nothing else, and anyone may make any number of them. A user who has taken more than a share of
 * the elapsed time waits; root does not. Time in which other programs have the processor is charged to nobody. Guarded
 * by the store's lock.
 */
public final class ReadingTime {
    /** A user may take the n-th part of the time. */
    public static final long SHARE = 10;

    /** A user may take so much at once, since a program publishes all its libraries at a time. */
    public static final long AT_ONCE_NS = TimeUnit.SECONDS.toNanos(3);

    /** The most bytes of names in one image: inflating them takes some seconds. */
    static final long NAMES_AT_ONCE = 1L << 29;

    private static final int ROOT = 0;
    private static final long NEVER = Long.MAX_VALUE;

    private final LongSupplier clock;
    private final LongSupplier processorTime;
    private final long start;
    /** By user, the time at which the time taken will be no more than the share of the time since the user began. */
    private final Map<Integer, Long> paid = new HashMap<>();

    private long retryAt = NEVER;

    /** By the clock of the machine. */
    public ReadingTime() {
        this(System::nanoTime, Linux::processorTime);
    }

    /**
     * By clocks in nanoseconds, each from any moment on.
     *
     * @param clock by which shares grow
     * @param processorTime what the calling thread has had
     */
    public ReadingTime(LongSupplier clock, LongSupplier processorTime) {
        this.clock = clock;
        this.processorTime = processorTime;
        start = clock.getAsLong();
    }

    private long now() {
        return clock.getAsLong() - start;
    }

    /**
     * Starts to charge a user, who pays until the same thread calls {@link #end}.
     *
     * @return a value for {@link #end}
     */
    public long begin(int user) throws OverBoundException {
        long now = now();
        long from = paid.getOrDefault(user, now) - SHARE * AT_ONCE_NS;
        if (from > now && user != ROOT) {
            retryAt = Math.min(retryAt, from);
            throw new OverBoundException("reading the image files of a user may take a tenth of the time");
        }
        return processorTime.getAsLong();
    }

    /** Throws if an image has so many names that inflating them would keep everybody waiting too long. */
    public static void requireNames(int user, long bytes) throws OverBoundException {
        if (bytes > NAMES_AT_ONCE && user != ROOT) {
            throw new OverBoundException(
                    "an image of a user other than root may have " + NAMES_AT_ONCE + " bytes of names");
        }
    }

    /**
     * Charges the user for the time since {@link #begin}.
     *
     * @param begun what {@link #begin} returned
     */
    public void end(int user, long begun) {
        long taken = processorTime.getAsLong() - begun;
        long since = now() - taken;
        paid.values().removeIf(until -> until <= since);
        paid.merge(user, since + SHARE * taken, (until, fresh) -> until + SHARE * taken);
    }

    /** Says that a user waits for something other than time, and is to try again in a second. */
    public void retryLater() {
        retryAt = Math.min(retryAt, now() + TimeUnit.SECONDS.toNanos(1));
    }

    /** Whether a user who had to wait may try again now; true once for each wait. */
    boolean pollReady() {
        boolean ready = retryAt <= now();
        retryAt = ready ? NEVER : retryAt;
        return ready;
    }

    /** Milliseconds until {@link #pollReady} says so, -1 if nobody waits. */
    public int readyInMs() {
        return retryAt == NEVER ? -1 : (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(retryAt - now()) + 1);
    }
}
