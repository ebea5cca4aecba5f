package org.pgofs.counters.counts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Collection;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.image.StoredImage;

/** Adds the counts of members to sums, piece by piece. Not thread-safe: it has one buffer. */
public final class MemberReader {
    private static final int PIECE = 1 << 17;
    private static final int PIECE_COUNTERS = PIECE / Long.BYTES;
    private static final int PAGE = 4096;
    private static final byte[] ZEROS = new byte[PIECE];

    // Aligned to pages, as the counters in the file are: so no 8-byte counter is read in two halves.
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(PIECE + 2 * PAGE).alignedSlice(PAGE);
    private final long[] piece = new long[(PIECE + PAGE) / Long.BYTES];
    private final CounterSum pieceSum = new CounterSum(PIECE_COUNTERS);

    private final ValueReader values = new ValueReader();
    private final MarkReader marks = new MarkReader();

    /** Adds the marks of a member. */
    public void addMarks(Member member, StoredImage image, Marks counts) throws IOException {
        marks.add(member, image, counts);
    }

    /** Clears marks in a member. */
    public void clearMarks(Member member, StoredImage image, Marks taken) throws IOException {
        marks.clear(member, image, taken);
    }

    /** Adds the values of a member. */
    public void addValues(Member member, StoredImage image, ValueSink counts) throws IOException {
        values.add(member, image.values(), counts);
        member.addSampledValues(counts);
    }

    /**
     * Writes a piece of the served counters, the sum of members and a carry. All steps are done for one piece at a
     * time, so that it stays in the processor's cache.
     *
     * @param begin offset in bytes of the first counter in the counters section
     * @param carry of all counters
     * @param section all counters, little-endian; the piece goes to its position, which moves on. If it is not
     *     on the heap, it starts as far behind the start of a page as {@code begin}.
     */
    void freezePiece(Collection<Member> members, int begin, CounterSum carry, ByteBuffer section) throws IOException {
        int at = section.position();
        ByteBuffer target =
                section.slice(at, Math.min(PIECE, section.remaining())).order(ByteOrder.LITTLE_ENDIAN);
        if (members.size() == 1 && carry.isZero() && section.isDirect()) {
            copy(members.iterator().next(), begin + at, target);
        } else {
            CounterSum sum = target.limit() == PIECE ? pieceSum : new CounterSum(target.limit() / Long.BYTES);
            sum.clear();
            for (Member member : members) {
                addCounters(member, begin + at, sum);
            }
            sum.addAndClamp(carry, at / Long.BYTES);
            target.asLongBuffer().put(sum.values());
        }
        section.position(at + target.limit());
    }

    /** The usual case, in which there are no sums to calculate. */
    private void copy(Member member, int begin, ByteBuffer target) throws IOException {
        if (member.nextData(member.counters(), begin) >= begin + target.limit()) {
            target.put(ZEROS, 0, target.limit());
            return;
        }
        member.read(member.counters(), begin, target);
        LongBuffer counters = target.rewind().asLongBuffer();
        counters.get(0, piece, 0, counters.limit());
        if (CounterSum.clampUnsigned(piece, counters.limit())) {
            counters.put(0, piece, 0, counters.limit());
        }
    }

    /**
     * Adds the counters that an image serves.
     *
     * @param begin offset in bytes of the first counter in the counters section
     * @param sum to which to add; its length is the number of counters. Missing counters of a truncated member count as
     *     0.
     */
    public void addCounters(Member member, int begin, CounterSum sum) throws IOException {
        Area counters = member.counters();
        long end = begin + (long) sum.values().length * Long.BYTES;
        // From the start of a page on, for the alignment.
        long at = member.nextData(counters, begin & -PAGE);
        while (at < end) {
            buffer.clear().limit((int) Math.min(PIECE + PAGE, end - at));
            member.read(counters, at, buffer);
            int skipped = (int) Math.max(begin - at, 0);
            int count = (buffer.flip().limit() - skipped) / Long.BYTES;
            buffer.position(skipped)
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer()
                    .get(piece, 0, count);
            sum.addUnsigned(piece, count, (int) ((at + skipped - begin) / Long.BYTES));
            at += PIECE + PAGE;
            // Of a small program this was each second system call of a read.
            at = at < end ? member.nextData(counters, at) : at;
        }
    }
}
