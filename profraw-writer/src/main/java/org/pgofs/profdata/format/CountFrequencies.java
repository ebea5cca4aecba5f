package org.pgofs.profdata.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.pgofs.counters.linux.OffHeap;

/**
 * How often each count occurs, from the greatest down. There may be as many different counts as counters: small ones are
 * counted by their value, and the others lie outside of the Java heap, in pieces that are sorted one by one. Not thread-safe.
 */
final class CountFrequencies implements AutoCloseable {
    private static final int SMALL = 1 << 16;
    private static final int PIECE = 1 << 18;
    private static final long SIGN = Long.MIN_VALUE;

    private final long[] small = new long[SMALL];
    private final OffHeap memory;
    private final ByteBuffer large;
    private PriorityQueue<Piece> pieces;
    private int nextSmall = SMALL - 1;
    private long count;
    private long frequency;

    /** A sorted piece, whose last count is the greatest that was not taken yet. */
    private static final class Piece {
        private final ByteBuffer counts;

        Piece(ByteBuffer counts) {
            this.counts = counts;
        }

        /** With the sign turned, so that signed numbers have the order of unsigned ones. */
        long last() {
            return counts.getLong(counts.limit() - Long.BYTES);
        }
    }

    /**
     * No counts yet.
     *
     * @param most how many may be added
     * @throws IOException if there is no memory
     */
    CountFrequencies(long most) throws IOException {
        memory = new OffHeap(Math.toIntExact(Math.max(1, most) * Long.BYTES), 0);
        large = memory.buffer();
    }

    void add(long value) {
        if (value >= 0 && value < SMALL) {
            small[(int) value]++;
        } else {
            large.putLong(value ^ SIGN);
        }
    }

    /** Goes on to the next count, which is less. Nothing may be added any more. Returns whether there is one. */
    boolean next() {
        if (pieces == null) {
            sort();
        }
        if (!pieces.isEmpty()) {
            takeLarge();
            return true;
        }
        while (nextSmall >= 0 && small[nextSmall] == 0) {
            nextSmall--;
        }
        if (nextSmall < 0) {
            return false;
        }
        count = nextSmall;
        frequency = small[nextSmall--];
        return true;
    }

    private void sort() {
        pieces = new PriorityQueue<>(Comparator.comparingLong(Piece::last).reversed());
        large.flip();
        long[] sorted = new long[Math.min(PIECE, large.limit() / Long.BYTES)];
        for (int begin = 0; begin < large.limit(); begin += PIECE * Long.BYTES) {
            int size = Math.min(PIECE * Long.BYTES, large.limit() - begin);
            ByteBuffer piece = large.slice(begin, size).order(large.order());
            int length = size / Long.BYTES;
            piece.asLongBuffer().get(sorted, 0, length);
            Arrays.sort(sorted, 0, length);
            piece.asLongBuffer().put(sorted, 0, length);
            pieces.add(new Piece(piece));
        }
    }

    private void takeLarge() {
        long turned = pieces.peek().last();
        count = turned ^ SIGN;
        frequency = 0;
        while (!pieces.isEmpty() && pieces.peek().last() == turned) {
            Piece piece = pieces.poll();
            while (piece.counts.limit() > 0 && piece.last() == turned) {
                piece.counts.limit(piece.counts.limit() - Long.BYTES);
                frequency++;
            }
            if (piece.counts.limit() > 0) {
                pieces.add(piece);
            }
        }
    }

    /** The count that is reached. */
    long count() {
        return count;
    }

    /** How often it occurs. */
    long frequency() {
        return frequency;
    }

    @Override
    public void close() {
        memory.close();
    }
}
