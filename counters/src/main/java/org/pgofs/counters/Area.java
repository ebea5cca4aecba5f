package org.pgofs.counters;

import java.nio.ByteBuffer;

/** A part of a file, {@code struct pgofs_area}: offset from the file's start and exact size, both in bytes. */
record Area(long offset, long size) {
    static Area read(ByteBuffer header, int at) {
        return new Area(header.getLong(at), header.getLong(at + Long.BYTES));
    }

    /** The first byte behind it. Only after {@link #fits}. */
    long end() {
        return offset + size;
    }

    /** Whether it is absent, or lies between two offsets of a file; whatever the numbers are, nothing overflows. */
    boolean fits(long begin, long end) {
        return size == 0 ? offset == 0 : size > 0 && offset >= begin && offset <= end && size <= end - offset;
    }
}
