package org.pgofs.daemon.profile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a message of protocol buffers, field by field. What pprof needs are numbers, texts and messages in messages: the
 * library for that would be larger than pgofs, and asks for a compiler at each build.
 */
final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int BYTES = 2;
    private static final int TYPE_BITS = 3;
    private static final int GROUP_BITS = 7;
    private static final int MORE = 0x80;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A number; 0 is what a reader takes a field for that is not there. */
    ProtoMessage number(int field, long value) {
        if (value != 0) {
            varint((long) field << TYPE_BITS | VARINT);
            varint(value);
        }
        return this;
    }

    ProtoMessage text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtoMessage message(int field, ProtoMessage value) {
        return bytes(field, value.toBytes());
    }

    private ProtoMessage bytes(int field, byte[] value) {
        varint((long) field << TYPE_BITS | BYTES);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & -MORE) != 0) {
            out.write((int) rest | MORE); // of which the last 8 bits are written
            rest >>>= GROUP_BITS;
        }
        out.write((int) rest);
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
