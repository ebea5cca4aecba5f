package org.pgofs.counters.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A part of a file, {@code struct pgofs_area}: offset from the file's start and exact size, both in bytes. */
public record Area(long offset, long size) {
    static Area read(ByteBuffer header, int at) {
        return new Area(header.getLong(at), header.getLong(at + Long.BYTES));
    }

    /** The offset after its last byte. Only after {@link #fits}. */
    public long end() {
        return offset + size;
    }

    /** The part of a file that is in memory, little-endian. Only after {@link #fits}. */
    public ByteBuffer of(ByteBuffer file) {
        return file.slice((int) offset, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether it is absent, or lies between two offsets of a file. Nothing overflows, whatever the numbers. */
    public boolean fits(long begin, long end) {
        return size == 0 ? offset == 0 : size > 0 && offset >= begin && offset <= end && size <= end - offset;
    }
}
