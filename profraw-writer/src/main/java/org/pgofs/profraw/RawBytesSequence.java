package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.util.List;

/** Files one after another, each at a multiple of 8 bytes, with zeros between them. */
final class RawBytesSequence implements RawBytes {
    private final List<RawBytes> parts;
    /** Where the parts begin, in bytes. */
    private final long[] begins;

    private final long size;

    RawBytesSequence(List<RawBytes> parts) {
        this.parts = List.copyOf(parts);
        begins = new long[parts.size()];
        long end = 0;
        for (int i = 0; i < begins.length; i++) {
            begins[i] = Section.padded(end);
            end = begins[i] + parts.get(i).size();
        }
        size = end;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset " + offset);
        }
        long at = offset;
        for (int i = 0; i < begins.length && target.hasRemaining(); i++) {
            int position = target.position();
            parts.get(i).read(at - begins[i], target);
            at += target.position() - position;
            long next = i + 1 < begins.length ? begins[i + 1] : size;
            for (; at < next && target.hasRemaining(); at++) {
                target.put((byte) 0);
            }
        }
    }
}
