package org.pgofs.counters;

import static org.pgofs.counters.InvalidFileException.require;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The names in a names section. It has a blob for each translation unit: ULEB128 size of the names, ULEB128 size of what
 * they are compressed to by zlib or 0, the names with a 1 byte between each two. Zeros behind a blob are padding; what
 * llvm-profdata finds before the first one it takes for a size.
 *
 * <p>The bytes may be anything: of names that unfold to more than they should no more than one is kept.
 */
final class Names {
    /** Bytes; llvm-profdata holds all names of a profile at once. */
    private static final long MAX_SIZE = 1L << 28;

    /** Names are some times smaller when they are compressed; a bomb is a thousand times smaller. */
    private static final long MAX_RATIO = 64;

    /** Of names; a browser has a million functions. */
    private static final int MAX_NAMES = 1 << 22;

    private static final int MAX_NAME = 1 << 24;
    private static final int SEPARATOR = 1;
    /** Bytes of a name in a text; the rest of a longer one is left out. */
    static final int PRINTED = 200;

    private static final int PIECE = 1 << 13;
    private static final int ULEB_BITS = 7;
    private static final int MAX_SHIFT = 56;

    private final ByteBuffer section;
    private final Visitor visitor;
    private final byte[] piece = new byte[PIECE];
    /** Of a name that goes on in the next piece. */
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();

    private long size;
    private int names;

    /** What is done with each name; there may be millions of them, so that none is made an object. */
    @FunctionalInterface
    interface Visitor {
        /** Sees a name: so many bytes from an offset on, which are others when this returns. */
        void visit(byte[] bytes, int offset, int length);
    }

    /** How records refer to names. */
    static final class Hash {
        private final MessageDigest md5;

        Hash() {
            try {
                md5 = MessageDigest.getInstance("MD5");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        /** What records have for a name. */
        long of(byte[] bytes, int offset, int length) {
            md5.update(bytes, offset, length);
            return ByteBuffer.wrap(md5.digest()).order(ByteOrder.LITTLE_ENDIAN).getLong();
        }
    }

    private Names(ByteBuffer section, Visitor visitor) {
        this.section = section.slice().order(ByteOrder.LITTLE_ENDIAN);
        this.visitor = visitor;
    }

    /**
     * Reads a section.
     *
     * @return how many bytes of names were unfolded
     * @throws InvalidFileException if it is not one: llvm-profdata would reject the whole profile
     */
    static long read(ByteBuffer section, Visitor visitor) throws InvalidFileException {
        Names names = new Names(section, visitor);
        names.read();
        return names.size;
    }

    /**
     * Finds the names of functions or vtables for a text: cut, with anything that is not printable replaced.
     *
     * @param found by what records have for them; those that are there get their names, if they have any
     * @return how many bytes of names were unfolded
     */
    static long find(ByteBuffer section, Map<Long, String> found) {
        Hash hash = new Hash();
        try {
            return read(
                    section,
                    (bytes, offset, length) -> found.computeIfPresent(
                            hash.of(bytes, offset, length), (reference, number) -> printable(bytes, offset, length)));
        } catch (InvalidFileException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** What stands for a name that is not known. */
    static String number(long reference) {
        return String.format("%016x", reference);
    }

    private static String printable(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, Math.min(length, PRINTED), StandardCharsets.UTF_8);
        return text.replaceAll("[^\\p{Graph}]", "?") + (length > PRINTED ? "..." : "");
    }

    private void read() throws InvalidFileException {
        while (section.hasRemaining()) {
            if (section.position() > 0 && section.get(section.position()) == 0) {
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
                copy(blob);
            } else {
                inflate(blob, whole);
            }
            endName(0, 0);
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

    private void copy(ByteBuffer blob) throws InvalidFileException {
        while (blob.hasRemaining()) {
            int count = Math.min(piece.length, blob.remaining());
            blob.get(piece, 0, count);
            add(count);
        }
    }

    private void inflate(ByteBuffer blob, long whole) throws InvalidFileException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(blob);
            long inflated = 0;
            while (!inflater.finished()) {
                int count = inflater.inflate(piece);
                require(count > 0 || inflater.finished(), "has names that are not compressed by zlib");
                inflated += count;
                require(inflated <= whole, "has names that unfold to more than they should");
                add(count);
            }
            require(inflated == whole, "has names that unfold to less than they should");
        } catch (DataFormatException e) {
            throw new InvalidFileException("has names that are not compressed by zlib");
        } finally {
            inflater.end();
        }
    }

    /** Takes up the first bytes of the piece. */
    private void add(int count) throws InvalidFileException {
        int begin = 0;
        for (int i = 0; i < count; i++) {
            if (piece[i] == SEPARATOR) {
                endName(begin, i - begin);
                begin = i + 1;
            }
        }
        hold(begin, count - begin);
    }

    /** Keeps the beginning of a name until the rest of it comes. */
    private void hold(int offset, int length) throws InvalidFileException {
        require(held.size() + length <= MAX_NAME, "has a name of more than %d bytes", MAX_NAME);
        held.write(piece, offset, length);
    }

    private void endName(int offset, int length) throws InvalidFileException {
        require(held.size() + length > 0, "has an empty name");
        require(++names <= MAX_NAMES, "has more than %d names", MAX_NAMES);
        if (held.size() == 0) {
            visitor.visit(piece, offset, length);
        } else {
            hold(offset, length);
            visitor.visit(held.toByteArray(), 0, held.size());
            held.reset();
        }
    }
}
