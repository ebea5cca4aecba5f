package org.pgofs.counters.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.pgofs.counters.counts.Marks;

/**
 * A file of the state directory: typed sections of any size, under one checksum. Little-endian, all in units of 8
 * bytes:
 *
 * <pre>
 *      +---------------+---------+----------------+-----------+--------------------------------+---
 *      | "PGOFSTAT"    | version | number of      | CRC-32C   | kind, size in bytes, content   | more
 *      | u64           | u64     | sections u64   | u64       | u64   u64            padded    | sections
 *      +---------------+---------+----------------+-----------+--------------------------------+---
 *      0               8         16               24          32
 * </pre>
 *
 * The checksum covers everything but itself. A file of another version is refused, never guessed at: adding a section
 * makes a new version.
 */
public final class StateFile {
    /** The version of everything in the state directory. */
    static final int VERSION = 2;

    private static final long MAGIC = 0x54415453464f4750L; // "PGOFSTAT"
    private static final int VERSION_AT = Long.BYTES;
    private static final int SECTIONS_AT = VERSION_AT + Long.BYTES;
    private static final int CHECKSUM_AT = SECTIONS_AT + Long.BYTES;
    private static final int HEADER_SIZE = CHECKSUM_AT + Long.BYTES;
    private static final int SECTION_HEADER_SIZE = 2 * Long.BYTES;

    private final Map<Kind, ByteBuffer> sections = new EnumMap<>(Kind.class);

    /** The kinds of sections. */
    enum Kind {
        /** The name of the file, as text: a file under another one's name is damaged. */
        NAME(1),
        /** The {@link Manifest} of the generation that the file is written for, as text. */
        MANIFEST(2),
        /** A {@link SavedImage}, as text. */
        IMAGE(3),
        /** Sums of counters, s64 each. */
        SUMS(4),
        /** Observed values: site u64, value u64, count s64. */
        VALUES(5),
        /** The moved values of {@link SavedImage#epochs}: index of the epoch u64, and as above. */
        MOVED_VALUES(6),
        /** As {@link Marks#put} writes them. */
        MARKS(7);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        static Kind of(long number) throws DamagedException {
            for (Kind kind : values()) {
                if (kind.number == number) {
                    return kind;
                }
            }
            throw new DamagedException("has a section of unknown kind " + number);
        }
    }

    /** The content of a file is not the content that was written. The message says what is wrong with it. */
    public static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1;

        DamagedException(String reason) {
            super(reason);
        }
    }

    /** Adds a section. */
    StateFile with(Kind kind, ByteBuffer content) {
        sections.put(kind, content);
        return this;
    }

    StateFile with(Kind kind, String text) {
        return with(kind, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The content of a section, empty if there is none. */
    ByteBuffer section(Kind kind) {
        return sections.getOrDefault(kind, ByteBuffer.allocate(0)).duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    String text(Kind kind) {
        return StandardCharsets.UTF_8.decode(section(kind)).toString();
    }

    ByteBuffer encode() {
        int size = HEADER_SIZE;
        for (ByteBuffer content : sections.values()) {
            size = Math.addExact(size, SECTION_HEADER_SIZE + padded(content.remaining()));
        }
        ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(MAGIC).putLong(VERSION).putLong(sections.size()).position(HEADER_SIZE);
        sections.forEach((kind, content) -> {
            file.putLong(kind.number).putLong(content.remaining());
            int end = file.position() + padded(content.remaining());
            file.put(content.duplicate()).position(end);
        });
        return file.putLong(CHECKSUM_AT, checksum(file)).rewind();
    }

    /**
     * Reads a file.
     *
     * @throws DamagedException if its contents are not those that were written
     * @throws IOException if another version of pgofs wrote it
     */
    static StateFile decode(byte[] bytes) throws IOException, DamagedException {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        require(bytes.length >= HEADER_SIZE, "is cut off");
        require(file.getLong(0) == MAGIC, "has the wrong magic");
        require(file.getLong(CHECKSUM_AT) == checksum(file), "has the wrong checksum");
        requireVersion(file.getLong(VERSION_AT));
        StateFile state = new StateFile();
        file.position(HEADER_SIZE);
        for (long i = 0; i < file.getLong(SECTIONS_AT); i++) {
            require(file.remaining() >= SECTION_HEADER_SIZE, "has fewer sections than it says");
            Kind kind = Kind.of(file.getLong());
            long size = file.getLong();
            require(
                    size >= 0 && size <= file.remaining() && padded((int) size) <= file.remaining(),
                    "has a section that is cut off");
            state.with(kind, file.slice().limit((int) size));
            file.position(file.position() + padded((int) size));
        }
        return state;
    }

    /**
     * Refuses the state of another version.
     *
     * @param found the version in the file
     */
    static void requireVersion(long found) throws IOException {
        if (found != VERSION) {
            throw new IOException("is state of format version " + found + ", and this pgofs reads version " + VERSION
                    + ": start the pgofs that wrote it, or delete it to begin without its counts");
        }
    }

    static void require(boolean condition, String reason) throws DamagedException {
        if (!condition) {
            throw new DamagedException(reason);
        }
    }

    private static int padded(int size) {
        return size + (-size & (Long.BYTES - 1));
    }

    private static long checksum(ByteBuffer file) {
        CRC32C crc = new CRC32C();
        crc.update(file.slice(0, CHECKSUM_AT));
        crc.update(file.slice(HEADER_SIZE, file.limit() - HEADER_SIZE));
        return crc.getValue();
    }
}
