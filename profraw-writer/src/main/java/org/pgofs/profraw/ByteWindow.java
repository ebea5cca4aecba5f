package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The byte range of a file that a reader asked for. Whoever produces the file puts its fields at their offsets in the
 * file; what lies outside the range is left out, to the byte.
 */
final class ByteWindow {
    private final ByteBuffer target;
    /** File offset minus index in the target. */
    private final long shift;

    private final long begin;
    private final long end;

    /**
     * The range from {@code begin} on that goes to the target's remaining bytes. The target's position stays.
     */
    ByteWindow(long begin, ByteBuffer target) {
        this.target = target.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        this.begin = begin;
        shift = begin - target.position();
        end = begin + target.remaining();
    }

    /** The first file offset in the range. */
    long begin() {
        return begin;
    }

    /** The first file offset behind the range. */
    long end() {
        return end;
    }

    void putLong(long at, long value) {
        if (at >= begin && at + Long.BYTES <= end) {
            target.putLong((int) (at - shift), value);
        } else {
            putBytes(at, value, Long.BYTES);
        }
    }

    void putInt(long at, int value) {
        if (at >= begin && at + Integer.BYTES <= end) {
            target.putInt((int) (at - shift), value);
        } else {
            putBytes(at, value, Integer.BYTES);
        }
    }

    void putShort(long at, short value) {
        if (at >= begin && at + Short.BYTES <= end) {
            target.putShort((int) (at - shift), value);
        } else {
            putBytes(at, value, Short.BYTES);
        }
    }

    void putByte(long at, byte value) {
        putBytes(at, value, Byte.BYTES);
    }

    private void putBytes(long at, long value, int size) {
        long to = Math.min(at + size, end);
        for (long i = Math.max(at, begin); i < to; i++) {
            target.put((int) (i - shift), (byte) (value >>> ((i - at) * Byte.SIZE)));
        }
    }

    /** Puts the first bytes of a source, counted from index 0, as many as the section has. */
    void put(Section section, ByteBuffer source) {
        long from = Math.max(section.begin(), begin);
        long to = Math.min(section.end(), end);
        if (from < to) {
            target.put((int) (from - shift), source, (int) (from - section.begin()), (int) (to - from));
        }
    }

    void putZeros(long from, long to) {
        long at = Math.max(from, begin);
        long last = Math.min(to, end);
        for (; at + Long.BYTES <= last; at += Long.BYTES) {
            target.putLong((int) (at - shift), 0);
        }
        for (; at < last; at++) {
            target.put((int) (at - shift), (byte) 0);
        }
    }
}
