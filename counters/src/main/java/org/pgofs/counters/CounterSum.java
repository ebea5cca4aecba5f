package org.pgofs.counters;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * An array of signed sums of counters. Sums saturate: a segment that its owner damaged must not wrap into an absurd
 * count.
 */
final class CounterSum {
    private final long[] sums;

    CounterSum(int counters) {
        this(new long[counters]);
    }

    CounterSum(long[] sums) {
        this.sums = sums;
    }

    CounterSum copy() {
        return new CounterSum(sums.clone());
    }

    long[] values() {
        return sums;
    }

    /**
     * Adds counters of a segment, which are unsigned.
     *
     * @param counters their values
     * @param count how many of them
     * @param at the index of the first
     */
    void addUnsigned(long[] counters, int count, int at) {
        for (int i = 0; i < count; i++) {
            long sign = counters[i] >> 63;
            sums[at + i] = saturatedSum(sums[at + i], (counters[i] & ~sign) | (sign & Long.MAX_VALUE));
        }
    }

    /** Adds other sums of the same length. */
    void add(CounterSum other) {
        add(other, 0);
    }

    /** Adds as many of other sums as these are, from an index on. */
    void add(CounterSum other, int from) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = saturatedSum(sums[i], other.sums[from + i]);
        }
    }

    void clear() {
        Arrays.fill(sums, 0);
    }

    /** Puts the sums as a counters section has them; what is below 0 becomes 0, here too. */
    void clampTo(LongBuffer section) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = Math.max(sums[i], 0);
        }
        section.put(sums);
    }

    /** Minus this. */
    CounterSum negated() {
        long[] negated = new long[sums.length];
        for (int i = 0; i < sums.length; i++) {
            negated[i] = sums[i] == Long.MIN_VALUE ? Long.MAX_VALUE : -sums[i];
        }
        return new CounterSum(negated);
    }

    /** The sums as a counters section has them; what is below 0 becomes 0. */
    ByteBuffer toSection() {
        ByteBuffer section = ByteBuffer.allocate(sums.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        copy().clampTo(section.asLongBuffer());
        return section.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Without a branch, so that the loops above are compiled to vector instructions. */
    private static long saturatedSum(long a, long b) {
        long sum = a + b;
        long overflow = ((a ^ sum) & (b ^ sum)) >> 63;
        return (sum & ~overflow) | (overflow & ((a >> 63) ^ Long.MAX_VALUE));
    }
}
