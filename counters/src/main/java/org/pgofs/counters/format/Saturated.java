package org.pgofs.counters.format;

/** Numbers that stay at the largest where they would overflow. */
public final class Saturated {
    private Saturated() {}

    /** The sum of two signed numbers. Without a branch, so that loops over it are compiled to vector instructions. */
    public static long sum(long a, long b) {
        long sum = a + b;
        long overflow = ((a ^ sum) & (b ^ sum)) >> 63;
        return (sum & ~overflow) | (overflow & ((a >> 63) ^ Long.MAX_VALUE));
    }
}
