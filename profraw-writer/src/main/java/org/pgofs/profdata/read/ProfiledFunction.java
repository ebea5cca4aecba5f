package org.pgofs.profdata.read;

import java.nio.ByteBuffer;
import java.util.List;
import org.pgofs.counters.format.Saturated;

/**
 * A function that was read from an indexed profile.
 *
 * @param name its PGO name, a character for each byte
 * @param hash the compiler's hash of its control flow
 * @param counters of 8 bytes, little-endian, read-only
 * @param bitmap of 8 bytes for each byte, little-endian, read-only; empty without one
 * @param values what its value sites observed, by kind and by site
 */
public record ProfiledFunction(
        String name, long hash, ByteBuffer counters, ByteBuffer bitmap, List<List<List<ProfiledValue>>> values) {
    private static final long CONTEXT_SENSITIVE = 1L << 60;

    /**
     * The number of counters.
     *
     * @return 0 or more
     */
    public int size() {
        return counters.limit() / Long.BYTES;
    }

    /**
     * A counter.
     *
     * @param index 0 to {@link #size()} - 1
     * @return its count, unsigned
     */
    public long counter(int index) {
        return counters.getLong(index * Long.BYTES);
    }

    /**
     * The function as if it had not run.
     *
     * @return with as many counters, and without values
     */
    public ProfiledFunction withoutCounts() {
        return new ProfiledFunction(
                name, hash, ByteBuffer.allocate(counters.limit()), ByteBuffer.allocate(bitmap.limit()), List.of());
    }

    /**
     * The sum of all counters.
     *
     * @return modulo 2^64
     */
    public long sum() {
        long sum = 0;
        for (int i = 0; i < size(); i++) {
            sum += counter(i);
        }
        return sum;
    }

    /**
     * The sum of all counters, for readers of numbers with a sign.
     *
     * @return 0 to 2^63-1; saturates
     */
    public long total() {
        long total = 0;
        for (int i = 0; i < size(); i++) {
            total = Saturated.sum(total, counter(i) < 0 ? Long.MAX_VALUE : counter(i));
        }
        return total;
    }

    /**
     * The sum of what the sites of a kind observed.
     *
     * @param kind its number
     * @return modulo 2^64
     */
    public long sumOfValues(int kind) {
        return kind >= values.size()
                ? 0
                : values.get(kind).stream()
                        .flatMap(List::stream)
                        .mapToLong(ProfiledValue::count)
                        .sum();
    }

    /**
     * The number of value sites of a kind.
     *
     * @param kind its number
     * @return 0 or more
     */
    public int sites(int kind) {
        return kind >= values.size() ? 0 : values.get(kind).size();
    }

    /**
     * Whether its counts are of a context sensitive profile, as the hash says in profiles of the optimiser.
     *
     * @return whether they are
     */
    public boolean isContextSensitive() {
        return (hash & CONTEXT_SENSITIVE) != 0;
    }
}
