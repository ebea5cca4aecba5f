package org.pgofs.profdata.format;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.function.IntToLongFunction;

/**
 * The summary of a profile, by which compilers tell hot and cold code (LLVM's ProfileSummaryBuilder). Not thread-safe.
 *
 * <pre>
 *   u64 6, u64 16
 *   u64 functions, counters, greatest first counter, greatest counter, greatest other counter, sum of all
 *   16 times: u64 cutoff in millionths, u64 smallest count, u64 number of counters
 * </pre>
 *
 * Of a cutoff the smallest count is the one down to which the greatest counters together make up that part of the sum.
 */
public final class Summary implements AutoCloseable {
    private static final long SCALE = 1_000_000;
    private static final long[] CUTOFFS = {
        10_000, 100_000, 200_000, 300_000, 400_000, 500_000, 600_000, 700_000, 800_000, 900_000, 950_000, 990_000,
        999_000, 999_900, 999_990, 999_999
    };
    private static final int FIELDS = 6;

    /** The size of a summary, in bytes. */
    public static final int SIZE = (2 + FIELDS + 3 * CUTOFFS.length) * Long.BYTES;

    /** First counters of functions that were called hot or warm by hand: such functions are left out. */
    private static final long HOT = -1;

    private static final long WARM = -2;

    private final CountFrequencies frequencies;
    private long functions;
    private long counters;
    private long greatestFirst;
    private long greatestOther;
    private long sum;

    /**
     * Nothing yet.
     *
     * @param most how many counters may be added
     * @throws IOException if there is no memory
     */
    public Summary(long most) throws IOException {
        frequencies = new CountFrequencies(most);
    }

    /**
     * Adds a function.
     *
     * @param size the number of its counters
     * @param counts its counters, by their index
     */
    public void add(int size, IntToLongFunction counts) {
        long first = size == 0 ? HOT : counts.applyAsLong(0);
        if (first == HOT || first == WARM) {
            return;
        }
        functions++;
        greatestFirst = greater(greatestFirst, first);
        add(first);
        for (int i = 1; i < size; i++) {
            long count = counts.applyAsLong(i);
            if (count != HOT) {
                add(count);
                greatestOther = greater(greatestOther, count);
            }
        }
    }

    private void add(long count) {
        counters++;
        sum += count;
        frequencies.add(count);
    }

    private static long greater(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }

    /**
     * Puts the summary of all that was added. Nothing may be added any more.
     *
     * @param target has room for {@link #SIZE} bytes, and is little-endian
     */
    public void put(ByteBuffer target) {
        target.putLong(FIELDS).putLong(CUTOFFS.length);
        target.putLong(functions).putLong(counters);
        target.putLong(greatestFirst).putLong(greater(greatestFirst, greatestOther));
        target.putLong(greatestOther).putLong(sum);
        long reached = 0;
        long smallest = 0;
        long seen = 0;
        for (long cutoff : CUTOFFS) {
            long wanted = part(cutoff);
            while (Long.compareUnsigned(reached, wanted) < 0 && frequencies.next()) {
                smallest = frequencies.count();
                reached += smallest * frequencies.frequency();
                seen += frequencies.frequency();
            }
            target.putLong(cutoff).putLong(smallest).putLong(seen);
        }
    }

    private long part(long cutoff) {
        return new BigInteger(Long.toUnsignedString(sum))
                .multiply(BigInteger.valueOf(cutoff))
                .divide(BigInteger.valueOf(SCALE))
                .longValue();
    }

    @Override
    public void close() {
        frequencies.close();
    }
}
