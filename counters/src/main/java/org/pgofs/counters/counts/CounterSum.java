package org.pgofs.counters.counts;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.pgofs.counters.format.Saturated;

/**
 * An array of signed sums of counters. Sums saturate: a segment that its owner damaged must not make a sum wrap around.
 * A sum below 0 or above {@link #LARGEST} is served as 0.
 */
public final class CounterSum {
    /** No program counts this far. If one counter is larger, llvm-profdata rejects the whole profile. */
    public static final long LARGEST = 1L << 56;

    private final long[] sums;
    /** Whether all sums are known to be 0, which saves time. They may be 0 without being known to be. */
    private boolean zero;

    public CounterSum(int counters) {
        sums = new long[counters];
        zero = true;
    }

    /**
     * Known sums.
     *
     * @param sums kept, not to be changed
     */
    public CounterSum(long[] sums) {
        this.sums = sums;
        zero = areAllZero(sums);
    }

    private CounterSum(long[] sums, boolean zero) {
        this.sums = sums;
        this.zero = zero;
    }

    CounterSum copy() {
        return new CounterSum(sums.clone(), zero);
    }

    /** The sums; not to be changed. */
    public long[] values() {
        return sums;
    }

    /** Sets a part of the sums, from an index on. */
    void set(int at, long[] values, int count) {
        zero = false;
        System.arraycopy(values, 0, sums, at, count);
    }

    /** Gets a part of the sums, from an index on. */
    void get(int at, long[] values, int count) {
        System.arraycopy(sums, at, values, 0, count);
    }

    /**
     * Adds counters of a segment, which are unsigned, to sums with the same indices. With others (sums[at + i] and
     * counters[i]) the JVM makes no vector instructions, and this takes three times as long.
     *
     * @param counters their values
     * @param from the first index
     * @param to behind the last one
     */
    static void addUnsigned(long[] sums, long[] counters, int from, int to) {
        for (int i = from; i < to; i++) {
            sums[i] = Saturated.sum(sums[i], clampedUnsigned(counters[i]));
        }
    }

    /** Adds other sums. */
    static void add(long[] sums, long[] others, int count) {
        for (int i = 0; i < count; i++) {
            sums[i] = Saturated.sum(sums[i], others[i]);
        }
    }

    /**
     * Replaces unsigned counters of a segment by the values that are served.
     *
     * @param counters the counters, changed in place
     * @param count how many of them
     * @return whether one was changed, or might have been
     */
    static boolean clampUnsigned(long[] counters, int count) {
        long all = 0;
        for (int i = 0; i < count; i++) {
            all |= counters[i];
        }
        if (all >= 0 && all < LARGEST) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            counters[i] = clamped(counters[i]);
        }
        return true;
    }

    /** Adds other sums of the same length. */
    void add(CounterSum other) {
        zero &= other.zero;
        add(sums, other.sums, sums.length);
    }

    /** Raises each sum to that of others of the same length, if that is higher. */
    void raiseTo(CounterSum other) {
        zero &= other.zero;
        for (int i = 0; i < sums.length; i++) {
            sums[i] = Math.max(sums[i], other.sums[i]);
        }
    }

    /** Checks whether all sums are 0, and remembers it if so. */
    boolean isNothing() {
        zero = zero || areAllZero(sums);
        return zero;
    }

    private static boolean areAllZero(long[] sums) {
        for (long sum : sums) {
            if (sum != 0) {
                return false;
            }
        }
        return true;
    }

    /** Adds a part of these sums, from an index on, to others, and clamps the results as they are served. */
    void addToAndClamp(long[] others, int count, int from) {
        for (int i = 0; i < count; i++) {
            others[i] = clamped(Saturated.sum(others[i], sums[from + i]));
        }
    }

    /** Subtracts other sums of the same length. */
    public void subtract(CounterSum other) {
        zero &= other.zero;
        for (int i = 0; i < sums.length; i++) {
            sums[i] = Saturated.sum(sums[i], negated(other.sums[i]));
        }
    }

    /** Sets sums to 0 that are below it: the counters are lost from which they were to be subtracted. */
    public void dropNegative() {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = Math.max(0, sums[i]);
        }
    }

    /** Changes the sign of all sums. */
    public void negate() {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = negated(sums[i]);
        }
    }

    private static long negated(long sum) {
        return sum == Long.MIN_VALUE ? Long.MAX_VALUE : -sum;
    }

    /** The served sums, in the form of a counters section. */
    ByteBuffer toSection() {
        ByteBuffer section = ByteBuffer.allocate(sums.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long sum : sums) {
            section.putLong(clamped(sum));
        }
        return section.rewind().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Without a branch, like the next method. */
    private static long clamped(long sum) {
        return sum & ~((sum | (LARGEST - sum)) >> 63);
    }

    private static long clampedUnsigned(long counter) {
        long sign = counter >> 63;
        return (counter & ~sign) | (sign & Long.MAX_VALUE);
    }
}
