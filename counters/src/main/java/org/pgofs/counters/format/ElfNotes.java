package org.pgofs.counters.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Notes of the System V ABI: each has a header of three numbers, a name, and a content; both are padded to 4 bytes. */
public final class ElfNotes {
    /** Who defines the type {@link #BUILD_ID}. */
    public static final String GNU = "GNU";

    /** The type of a note that holds a build id. */
    public static final int BUILD_ID = 3;

    private static final int HEADER = 12;

    private ElfNotes() {}

    /**
     * What the first note of a name and type holds.
     *
     * @param notes one after another, little-endian, whatever they hold
     * @param name who defines the type
     * @param type of the note
     * @return its content, little-endian, if there is one
     */
    public static Optional<ByteBuffer> find(ByteBuffer notes, String name, int type) {
        byte[] expected = (name + "\0").getBytes(StandardCharsets.ISO_8859_1);
        long at = 0;
        while (at + HEADER <= notes.limit()) {
            long nameSize = Integer.toUnsignedLong(notes.getInt((int) at));
            long size = Integer.toUnsignedLong(notes.getInt((int) at + 4));
            long content = at + HEADER + padded(nameSize);
            if (content + size > notes.limit()) {
                break;
            }
            byte[] found = new byte[(int) nameSize];
            notes.get((int) at + HEADER, found);
            // Without the end of the name as well: the kernel writes some so.
            boolean named =
                    Arrays.equals(found, expected) || name.equals(new String(found, StandardCharsets.ISO_8859_1));
            if (named && notes.getInt((int) at + 8) == type) {
                return Optional.of(notes.slice((int) content, (int) size).order(ByteOrder.LITTLE_ENDIAN));
            }
            at = content + padded(size);
        }
        return Optional.empty();
    }

    /** Whether such a note begins where the bytes do. */
    public static boolean isAt(ByteBuffer bytes, String name, int type) {
        byte[] expected = (name + "\0").getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.limit() < HEADER + expected.length
                || bytes.getInt(0) != expected.length
                || bytes.getInt(2 * Integer.BYTES) != type) {
            return false;
        }
        byte[] found = new byte[expected.length];
        bytes.get(HEADER, found);
        return Arrays.equals(found, expected);
    }

    private static long padded(long size) {
        return (size + 3) & ~3L;
    }
}
