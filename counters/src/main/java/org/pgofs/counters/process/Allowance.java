package org.pgofs.counters.process;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How much of a processor's time some work may take: a share of all time, of which some is saved up while there is nothing to
 * do. Work that is done now and then asks {@link #isLeft}; work that is done again and again keeps to {@link #pace}. All
 * numbers are nanoseconds. Thread-safe.
 */
final class Allowance {
    private final LongSupplier clock;
    private final long most;
    private int parts;
    private long left;
    private long countedAt;

    /**
     * As much as can be saved up is there.
     *
     * @param clock as {@link System#nanoTime}
     * @param parts the share is one of so many
     * @param most how much can be saved up
     */
    Allowance(LongSupplier clock, int parts, long most) {
        this.clock = clock;
        this.parts = parts;
        this.most = most;
        left = most;
        countedAt = clock.getAsLong();
    }

    /** Changes the share from now on. */
    synchronized void setParts(int count) {
        catchUp();
        parts = count;
    }

    private void catchUp() {
        long now = clock.getAsLong();
        left = Math.min(most, left + (now - countedAt) / parts);
        countedAt = now;
    }

    /** Whether something is left. */
    synchronized boolean isLeft() {
        catchUp();
        return left > 0;
    }

    /** Takes what some work took, even if so much is not left. */
    synchronized void spend(long taken) {
        catchUp();
        left -= taken;
    }

    /**
     * How long it must be from one beginning of some work to the next.
     *
     * @param taken what it takes
     * @param least no less than this
     */
    synchronized long pace(long taken, long least) {
        return Math.max(least, taken > TimeUnit.DAYS.toNanos(1) / parts ? TimeUnit.DAYS.toNanos(1) : taken * parts);
    }
}
