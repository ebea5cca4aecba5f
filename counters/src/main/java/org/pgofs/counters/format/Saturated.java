package org.pgofs.counters;

/** Numbers that stay at the largest where they would overflow. */
final class Saturated {
    private Saturated() {}

    /** The sum of two signed numbers. Without a branch, so that loops over it are compiled to vector instructions. */
    static long sum(long a, long b) {
        long sum = a + b;
        long overflow = ((a ^ sum) & (b ^ sum)) >> 63;
        return (sum & ~overflow) | (overflow & ((a >> 63) ^ Long.MAX_VALUE));
    }
}
