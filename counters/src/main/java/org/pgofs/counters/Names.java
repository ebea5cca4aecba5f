package org.pgofs.counters;

import static org.pgofs.counters.InvalidFileException.require;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The names in a names section. It has a blob for each translation unit: ULEB128 size of the names, ULEB128 size of what
 * they are compressed to by zlib or 0, the names with a 1 byte between each two. Zeros between blobs are padding.
 *
 * <p>The bytes may be anything: of names that unfold to more than they should no more than one is kept.
 */
final class Names {
    /** Bytes; llvm-profdata holds all names of a profile at once. */
    private static final long MAX_SIZE = 1L << 29;

    /** Names are some times smaller when they are compressed; a bomb is a thousand times smaller. */
    private static final long MAX_RATIO = 64;

    /** Of names; a browser has a million functions. */
    private static final int MAX_NAMES = 1 << 22;

    private static final int MAX_NAME = 1 << 24;
    private static final int SEPARATOR = 1;
    private static final int PIECE = 1 << 13;
    private static final int ULEB_BITS = 7;
    private static final int MAX_SHIFT = 56;

    private final ByteBuffer section;
    private final Visitor visitor;
    private final ByteArrayOutputStream name = new ByteArrayOutputStream();
    private long size;
    private int names;

    /** What is done with each name. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Sees a name.
         *
         * @param name its bytes
         * @param reference what records have for it
         */
        void visit(byte[] name, long reference);
    }

    private Names(ByteBuffer section, Visitor visitor) {
        this.section = section.slice().order(ByteOrder.LITTLE_ENDIAN);
        this.visitor = visitor;
    }

    /**
     * Reads a section.
     *
     * @throws InvalidFileException if it is not one: llvm-profdata would reject the whole profile
     */
    static void read(ByteBuffer section, Visitor visitor) throws InvalidFileException {
        new Names(section, visitor).read();
    }

    /** The name of a function or vtable, with anything that is not printable replaced; its number if it has none. */
    static String find(ByteBuffer section, long reference) {
        String[] found = {String.format("%016x", reference)};
        try {
            read(section, (name, ofName) -> {
                if (ofName == reference) {
                    found[0] = new String(name, StandardCharsets.UTF_8).replaceAll("[^\\p{Graph}]", "?");
                }
            });
        } catch (InvalidFileException e) {
            throw new IllegalArgumentException(e);
        }
        return found[0];
    }

    private void read() throws InvalidFileException {
        while (section.hasRemaining()) {
            if (section.get(section.position()) == 0) {
                section.get();
                continue;
            }
            long whole = uleb128();
            long compressed = uleb128();
            size += whole;
            require(whole >= 0 && size <= MAX_SIZE, "has more than %d bytes of names", MAX_SIZE);
            require(
                    size <= MAX_RATIO * section.limit(),
                    "has names that unfold to more than %d times their size",
                    MAX_RATIO);
            long there = compressed == 0 ? whole : compressed;
            require(there >= 0 && there <= section.remaining(), "has names that are cut off");
            ByteBuffer blob = section.slice(section.position(), (int) there);
            section.position(section.position() + (int) there);
            if (compressed == 0) {
                add(blob);
            } else {
                inflate(blob, whole);
            }
            endName();
        }
    }

    private long uleb128() throws InvalidFileException {
        long value = 0;
        for (int shift = 0; shift < MAX_SHIFT && section.hasRemaining(); shift += ULEB_BITS) {
            byte part = section.get();
            value |= (part & 0x7fL) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw new InvalidFileException("has names that are cut off");
    }

    private void inflate(ByteBuffer blob, long whole) throws InvalidFileException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(blob);
            byte[] piece = new byte[PIECE];
            long inflated = 0;
            while (!inflater.finished()) {
                int count = inflater.inflate(piece);
                require(count > 0 || inflater.finished(), "has names that are not compressed by zlib");
                inflated += count;
                require(inflated <= whole, "has names that unfold to more than they should");
                add(ByteBuffer.wrap(piece, 0, count));
            }
            require(inflated == whole, "has names that unfold to less than they should");
        } catch (DataFormatException e) {
            throw new InvalidFileException("has names that are not compressed by zlib");
        } finally {
            inflater.end();
        }
    }

    private void add(ByteBuffer bytes) throws InvalidFileException {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == SEPARATOR) {
                endName();
            } else {
                require(name.size() < MAX_NAME, "has a name of more than %d bytes", MAX_NAME);
                name.write(next);
            }
        }
    }

    private void endName() throws InvalidFileException {
        require(name.size() > 0, "has an empty name");
        require(++names <= MAX_NAMES, "has more than %d names", MAX_NAMES);
        byte[] bytes = name.toByteArray();
        name.reset();
        visitor.visit(bytes, reference(bytes));
    }

    /** How records refer to a name. */
    static long reference(byte[] name) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(name);
            return ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
