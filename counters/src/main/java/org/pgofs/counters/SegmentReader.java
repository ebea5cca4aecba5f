package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Collection;

/** Adds the counts of members to sums, piece by piece. Not thread-safe: it has one buffer. */
final class SegmentReader {
    private static final int PIECE = 1 << 17;
    private static final int PAGE = 4096;

    // Aligned to pages, as the counters in the file are: then no 8-byte counter is read in two halves.
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE + PAGE).alignedSlice(PAGE);
    private final long[] piece = new long[PIECE / Long.BYTES];

    private final ValueReader values = new ValueReader();
    private final MarkReader marks = new MarkReader();

    /**
     * Adds all counts of a member.
     *
     * @return whether it had all counters
     */
    boolean add(Member member, StoredImage image, Counts counts) throws IOException {
        addValues(member, image, counts.values());
        addMarks(member, image, counts.marks());
        addCounters(member, image.countersBegin(), counts.counters());
        return !member.isTruncated();
    }

    /** Adds the marks of a member. */
    void addMarks(Member member, StoredImage image, Marks counts) throws IOException {
        marks.add(member, image, counts);
    }

    /** Takes marks back from a member. */
    void clearMarks(Member member, StoredImage image, Marks taken) throws IOException {
        marks.clear(member, image, taken);
    }

    /** Adds the values of a member. */
    void addValues(Member member, StoredImage image, ValueCounts counts) throws IOException {
        values.add(member, image.values(), counts);
    }

    /**
     * What is served: the sum of members and a carry, as a counters section has it. Piece by piece through all steps, so
     * that each piece stays in the processor's cache.
     *
     * @param begin offset in bytes of the first counter in the counters section
     */
    ByteBuffer freeze(Collection<Member> members, int begin, CounterSum carry) throws IOException {
        int counters = carry.values().length;
        ByteBuffer section = ByteBuffer.allocate(counters * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        LongBuffer served = section.asLongBuffer();
        CounterSum sum = new CounterSum(Math.min(PIECE / Long.BYTES, counters));
        while (served.hasRemaining()) {
            if (served.remaining() < sum.values().length) {
                sum = new CounterSum(served.remaining());
            }
            int first = served.position();
            for (Member member : members) {
                addCounters(member, begin + first * Long.BYTES, sum);
            }
            sum.add(carry, first);
            sum.clampTo(served);
            sum.clear();
        }
        return section.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Adds the counters that an image serves.
     *
     * @param begin offset in bytes of the first counter in the counters section
     * @param sum to which to add; its length says how many. What is missing in a truncated one counts as 0.
     */
    void addCounters(Member member, int begin, CounterSum sum) throws IOException {
        Area counters = member.counters();
        long end = begin + (long) sum.values().length * Long.BYTES;
        // From the start of a page on, for the alignment.
        long at = member.nextData(counters, begin & -PAGE);
        while (at < end) {
            buffer.clear().limit((int) Math.min(PIECE, end - at));
            member.read(counters, at, buffer);
            int skipped = (int) Math.max(begin - at, 0);
            int count = (buffer.flip().limit() - skipped) / Long.BYTES;
            buffer.position(skipped)
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer()
                    .get(piece, 0, count);
            sum.addUnsigned(piece, count, (int) ((at + skipped - begin) / Long.BYTES));
            at = member.nextData(counters, at + PIECE);
        }
    }
}
