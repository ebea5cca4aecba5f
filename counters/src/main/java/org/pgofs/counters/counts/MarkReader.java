package org.pgofs.counters.counts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.image.StoredImage;

/**
 * Reads the marks of members, and clears them in the memory where the member counts, since they cannot be subtracted.
 * Only marks that were read as set are overwritten, so that a mark that is set meanwhile stays. Not thread-safe: it has
 * buffers.
 */
final class MarkReader {
    private static final int PAGE = 4096;
    private static final int PIECE = 1 << 17;
    /**
     * After so many separate marks, the rest of a page is overwritten as a whole: nobody may keep the store busy for
     * long.
     */
    private static final int MAX_RUNS = 512;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE + PAGE).alignedSlice(PAGE);
    private final ByteBuffer page = ByteBuffer.allocateDirect(PAGE);

    /** Adds the marks of a member. */
    void add(Member member, StoredImage image, Marks marks) throws IOException {
        if (marks.hasCounters()) {
            byte[] counters = counters(member, image);
            marks.addTimes(image, counters);
            marks.addCovered(image, counters);
        }
        if (marks.hasBitmaps()) {
            marks.addBitmaps(bitmaps(member, image));
        }
    }

    /**
     * Clears marks.
     *
     * @param taken the marks to clear; all others that the member has set stay
     */
    void clear(Member member, StoredImage image, Marks taken) throws IOException {
        try (Member.Writer writer = member.writer()) {
            if (taken.hasCounters()) {
                byte[] counters = counters(member, image);
                clearTimes(writer, member, image, taken, counters);
                overwrite(writer, member.counters(), image.countersBegin(), counters, taken.uncovered(counters));
            }
            if (taken.hasBitmaps()) {
                byte[] bits = bitmaps(member, image);
                overwrite(writer, member.bitmaps(), image.bitmapsBegin(), bits, taken.withoutBitmaps(bits));
            }
        }
    }

    private void clearTimes(Member.Writer writer, Member member, StoredImage image, Marks taken, byte[] counters)
            throws IOException {
        for (int function : taken.setTimes(image, counters)) {
            long at = image.countersBegin() + (long) image.countersOffset(function);
            page.clear().limit(Long.BYTES).putLong(0, taken.neverTime());
            writer.write(member.counters(), at, page);
        }
    }

    /** Writes the bytes that differ. */
    private void overwrite(Member.Writer writer, Area area, int begin, byte[] now, byte[] next) throws IOException {
        for (int at = 0; at < now.length; at += PAGE) {
            int end = Math.min(at + PAGE, now.length);
            page.clear().put(0, next, at, end - at);
            int from = Arrays.mismatch(now, at, end, next, at, end);
            for (int runs = 1; from >= 0; runs++) {
                int to = at + from;
                while (to < end && (now[to] != next[to] || runs > MAX_RUNS)) {
                    to++;
                }
                writer.write(area, begin + (long) at + from, page.limit(to - at).position(from));
                int more = Arrays.mismatch(now, to, end, next, to, end);
                from = more < 0 ? more : to + more - at;
            }
        }
    }

    private byte[] counters(Member member, StoredImage image) throws IOException {
        return read(member, member.counters(), image.countersBegin(), image.countersSize(), Marks.UNCOVERED);
    }

    private byte[] bitmaps(Member member, StoredImage image) throws IOException {
        return read(member, member.bitmaps(), image.bitmapsBegin(), image.bitmapsSize(), (byte) 0);
    }

    /**
     * Reads holes too: a page whose byte counters are all 0, and so covered, may be a hole.
     *
     * @param missing the value of bytes that are missing in a truncated member
     */
    private byte[] read(Member member, Area area, int begin, int size, byte missing) throws IOException {
        byte[] bytes = new byte[size];
        for (int done = 0; done < size; ) {
            long at = (begin + (long) done) & -PAGE;
            int skipped = (int) (begin + (long) done - at);
            int count = Math.min(PIECE - skipped, size - done);
            buffer.clear().limit(skipped + count);
            int there = member.read(area, at, buffer);
            buffer.get(skipped, bytes, done, count);
            if (there < skipped + count) {
                Arrays.fill(bytes, done + Math.max(there - skipped, 0), done + count, missing);
            }
            done += count;
        }
        return bytes;
    }
}
