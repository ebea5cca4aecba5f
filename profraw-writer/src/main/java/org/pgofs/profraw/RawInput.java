package org.pgofs.profraw;

import static org.pgofs.profraw.MalformedProfileException.require;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Bytes that may be anything, read from front to back. Nothing is taken on trust: a size is compared with what there is. */
final class RawInput {
    private final ByteBuffer in;

    /** Reads the remaining bytes of a buffer, whose position stays. */
    RawInput(ByteBuffer bytes) {
        in = bytes.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** How many bytes were read. */
    int position() {
        return in.position();
    }

    int remaining() {
        return in.remaining();
    }

    /** Goes on to the first byte that is not 0. */
    void skipZeros() {
        while (in.hasRemaining() && in.get(in.position()) == 0) {
            in.position(in.position() + 1);
        }
    }

    /** A number of 1, 2, 4 or 8 bytes; only one of 8 can be negative. */
    long number(int size, String what) throws MalformedProfileException {
        require(size <= in.remaining(), "it ends at offset %d, in the middle of the %s", in.limit(), what);
        return switch (size) {
            case Long.BYTES -> in.getLong();
            case Integer.BYTES -> Integer.toUnsignedLong(in.getInt());
            case Short.BYTES -> Short.toUnsignedLong(in.getShort());
            default -> Byte.toUnsignedLong(in.get());
        };
    }

    /**
     * A part of some units.
     *
     * @param count the number of units, as the file has it: unsigned
     * @param unit bytes
     */
    ByteBuffer take(long count, int unit, String what) throws MalformedProfileException {
        require(
                count >= 0 && count <= in.remaining() / unit,
                "%s %s of %d bytes at offset %d, where %d bytes are left",
                Long.toUnsignedString(count),
                what,
                unit,
                in.position(),
                in.remaining());
        int size = (int) count * unit;
        ByteBuffer part = in.slice(in.position(), size).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + size);
        return part;
    }

    /** Zeros; how many, the file says: unsigned. */
    void padding(long size, String what) throws MalformedProfileException {
        ByteBuffer zeros = take(size, 1, "zeros " + what);
        while (zeros.hasRemaining()) {
            require(zeros.get() == 0, "a byte that is not 0 before offset %d, %s", in.position(), what);
        }
    }

    /** A part of some units, and zeros to a multiple of 8 bytes. */
    ByteBuffer takePadded(long count, int unit, String what) throws MalformedProfileException {
        ByteBuffer part = take(count, unit, what);
        padding(-part.remaining() & 7, "behind the " + what);
        return part;
    }
}
