package org.pgofs.counters.counts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.pgofs.counters.format.Area;

/** Adds up the counters of members, a piece at a time. Not thread-safe: it has one buffer, and one sum. */
final class CounterReader {
    /** Bytes of counters: so much, three times, stays in the cache of a processor. */
    static final int PIECE = 1 << 17;

    /** Counters in a piece. */
    static final int COUNTERS = PIECE / Long.BYTES;

    private static final int PAGE = 4096;

    /** Bytes. To ask where the data of fewer is takes as long as to read them, holes and all. */
    private static final int WORTH_ASKING = 1 << 15;

    // Aligned to pages, as the counters in the file are: so no 8-byte counter is read in two halves.
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(PIECE + 2 * PAGE).alignedSlice(PAGE);
    private final long[] counters = new long[COUNTERS];
    private final long[] sums = new long[COUNTERS];

    /** The sums of {@link #add}; their number is known to the caller. */
    long[] sums() {
        return sums;
    }

    /** Sets the first sums to 0. */
    void clear(int count) {
        Arrays.fill(sums, 0, count, 0);
    }

    /**
     * Adds counters of a member to the first sums.
     *
     * @param begin offset in bytes of the first of them in the counters section
     * @param count how many, at most {@link #COUNTERS}. Missing ones of a truncated member count as 0.
     */
    void add(Member member, long begin, int count) throws IOException {
        Area area = member.counters();
        long end = begin + (long) count * Long.BYTES;
        // From the start of a page on, for the alignment.
        long at = begin & -PAGE;
        if (end - at > WORTH_ASKING) {
            at = member.nextData(area, at);
        }
        if (at >= end) {
            return;
        }
        member.read(area, at, buffer.clear().limit((int) (end - at)));
        int first = (int) (Math.max(at - begin, 0) / Long.BYTES);
        buffer.position((int) Math.max(begin - at, 0))
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(counters, first, count - first);
        CounterSum.addUnsigned(sums, counters, first, count);
    }
}
