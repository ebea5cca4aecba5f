package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Adds the counts of segments to sums, piece by piece. Not thread-safe: it has one buffer. */
final class SegmentReader {
    private static final int PIECE = 1 << 17;
    private static final int PAGE = 4096;

    // Aligned to pages, as the counters in the file are: then no 8-byte counter is read in two halves.
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE + PAGE).alignedSlice(PAGE);
    private final long[] piece = new long[PIECE / Long.BYTES];

    private final ValueReader values = new ValueReader();

    /**
     * Adds all counts of a segment.
     *
     * @return whether the segment had all counters
     */
    boolean add(SegmentFile segment, StoredImage image, Counts counts) throws IOException {
        values.add(segment, image.values(), counts.values());
        return addCounters(segment, image.countersBegin(), counts.counters());
    }

    /**
     * Adds the counters that an image serves.
     *
     * @param begin offset in bytes of the first counter in the counters section
     * @param sum to which to add; its length says how many
     * @return whether the segment had them all; it does not when it was truncated
     */
    boolean addCounters(SegmentFile segment, int begin, CounterSum sum) throws IOException {
        Area counters = segment.header().counters();
        long end = begin + (long) sum.values().length * Long.BYTES;
        // From the start of a page on, for the alignment.
        long at = segment.nextData(counters, begin & -PAGE);
        while (at < end) {
            buffer.clear().limit((int) Math.min(PIECE, end - at));
            segment.read(counters, at, buffer);
            int skipped = (int) Math.max(begin - at, 0);
            int count = (buffer.flip().limit() - skipped) / Long.BYTES;
            buffer.position(skipped)
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer()
                    .get(piece, 0, count);
            sum.addUnsigned(piece, count, (int) ((at + skipped - begin) / Long.BYTES));
            at = segment.nextData(counters, at + PIECE);
        }
        return !segment.isTruncated();
    }
}
