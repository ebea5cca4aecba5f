package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A file that is gathered from buffers, with zeros where none of them is. */
final class GatheredBytes implements RawBytes {
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 12).asReadOnlyBuffer();

    private final ByteBuffer[] parts;
    /** Where the parts begin, in bytes; and the end of the file. */
    private final long[] begins;

    private GatheredBytes(Builder builder, long size) {
        parts = builder.parts.toArray(ByteBuffer[]::new);
        begins = new long[parts.length + 1];
        for (int i = 0; i < parts.length; i++) {
            begins[i] = builder.begins.get(i);
        }
        begins[parts.length] = size;
    }

    /** A file that is not complete yet. */
    static final class Builder {
        private final List<ByteBuffer> parts = new ArrayList<>();
        private final List<Long> begins = new ArrayList<>();
        private long end;

        /**
         * Adds the first bytes of a buffer, from index 0 on.
         *
         * @param section where they are in the file, not before the end of what was added last
         * @param bytes at least as many as the section has; what is in them when they are read counts
         */
        void add(Section section, ByteBuffer bytes) {
            if (section.begin() < end || section.size() > bytes.capacity()) {
                throw new IllegalArgumentException(section + " of " + bytes + " behind " + end);
            }
            if (section.size() > 0) {
                begins.add(section.begin());
                parts.add(bytes.slice(0, (int) section.size()));
            }
            end = section.end();
        }

        /** The end of what was added last, in bytes from the start of the file. */
        long end() {
            return end;
        }

        /**
         * The file.
         *
         * @param size in bytes, not less than what was added has
         */
        RawBytes build(long size) {
            if (end > size) {
                throw new IllegalArgumentException(end + " bytes do not fit into " + size);
            }
            return new GatheredBytes(this, size);
        }
    }

    @Override
    public long size() {
        return begins[parts.length];
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset " + offset);
        }
        long at = offset;
        long end = offset + Math.min(target.remaining(), Math.max(0, size() - offset));
        for (int next = firstBehind(offset); at < end; next++) {
            if (next > 0) {
                at += put(parts[next - 1], at - begins[next - 1], end - at, target);
            }
            long zerosEnd = Math.min(end, begins[next]);
            while (at < zerosEnd) {
                at += put(ZEROS, 0, zerosEnd - at, target);
            }
        }
    }

    /** The number of the first part that begins behind an offset; that of the end if none does. */
    private int firstBehind(long offset) {
        int low = 0;
        int high = parts.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (begins[middle] > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Puts bytes of a part from an index on, as many as are there and wanted; returns how many. */
    private static int put(ByteBuffer part, long index, long wanted, ByteBuffer target) {
        int count = (int) Math.min(wanted, Math.max(0, part.limit() - index));
        if (count > 0) {
            target.put(target.position(), part, (int) index, count);
            target.position(target.position() + count);
        }
        return count;
    }
}
