package org.pgofs.fleet.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Bytes that are compared as a whole. Immutable. */
final class Blob implements Comparable<Blob> {
    private final byte[] bytes;
    private final int hash;

    /** A copy of the remaining bytes. */
    Blob(ByteBuffer source) {
        this(copy(source));
    }

    /** These bytes, which must not be changed. */
    Blob(byte[] bytes) {
        this.bytes = bytes;
        hash = Arrays.hashCode(bytes);
    }

    private static byte[] copy(ByteBuffer source) {
        byte[] copy = new byte[source.remaining()];
        source.duplicate().get(copy);
        return copy;
    }

    boolean is(ByteBuffer other) {
        return ByteBuffer.wrap(bytes).equals(other);
    }

    int size() {
        return bytes.length;
    }

    /** Read-only and little-endian. */
    ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static Blob read(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return new Blob(bytes);
    }

    @Override
    public int compareTo(Blob other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Blob blob && hash == blob.hash && Arrays.equals(bytes, blob.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
