package org.pgofs.profdata;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Takes a file from some place on, and keeps of it what a reader wants. Not thread-safe. */
final class Window {
    private final ByteBuffer wanted;
    private final long begin;
    private long position;

    /**
     * A part of a file.
     *
     * @param target all of it is wanted
     * @param begin where the part begins in the file
     */
    Window(ByteBuffer target, long begin) {
        wanted = target.slice().order(ByteOrder.LITTLE_ENDIAN);
        this.begin = begin;
    }

    /** Where the part begins in the file. */
    long begin() {
        return begin;
    }

    /** Where it ends in the file. */
    long end() {
        return begin + wanted.limit();
    }

    /** Whether nothing is wanted from here on. */
    boolean isFull() {
        return position >= end();
    }

    /** Whether any of the next bytes is wanted. */
    boolean isWanted(int bytes) {
        return position < end() && position + bytes > begin;
    }

    long position() {
        return position;
    }

    /** Goes on at another place in the file; nothing between is wanted. */
    void position(long place) {
        position = place;
    }

    Window putLong(long value) {
        return put(value, Long.BYTES);
    }

    Window putInt(int value) {
        return put(value, Integer.BYTES);
    }

    Window putShort(int value) {
        return put(value, Short.BYTES);
    }

    Window putByte(int value) {
        return put(value, 1);
    }

    private Window put(long value, int size) {
        long at = position - begin;
        if (size == Long.BYTES && at >= 0 && at <= wanted.limit() - Long.BYTES) {
            wanted.putLong((int) at, value);
        } else {
            for (int i = 0; i < size; i++) {
                if (at + i >= 0 && at + i < wanted.limit()) {
                    wanted.put((int) at + i, (byte) (value >>> (i * Byte.SIZE)));
                }
            }
        }
        position += size;
        return this;
    }

    /** Puts zeros up to a place in the file. */
    void zeros(long end) {
        long from = Math.max(0, position - begin);
        long to = Math.min(wanted.limit(), end - begin);
        for (long at = from; at < to; at++) {
            wanted.put((int) at, (byte) 0);
        }
        position = Math.max(position, end);
    }

    void put(ByteBuffer source, int offset, int length) {
        long skipped = Math.min(length, Math.max(0, begin - position));
        long at = position + skipped - begin;
        long count = Math.min(length - skipped, wanted.limit() - at);
        if (count > 0) {
            wanted.put((int) at, source, offset + (int) skipped, (int) count);
        }
        position += length;
    }

    /** Which of some numbers of 8 bytes, put next, is the first one that is wanted. */
    int firstWanted(int count) {
        return (int) Math.min(count, Math.max(0, (begin - position) / Long.BYTES));
    }
}
