package org.pgofs.counters.image;

import static org.pgofs.counters.format.InvalidFileException.require;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.Saturated;

/**
 * The names in a names section. The section has a blob for each translation unit: ULEB128 size of the names, ULEB128
 * size of the names as compressed by zlib or 0, and the names, separated by bytes of value 1. Zeros after a blob are
 * padding. Before the first blob there must be none, since llvm-profdata would take them for a size.
 *
 * <p>The bytes may be anything. No names are kept, however long or many they are. Compilers set no bound: similar names
 * inflate to a thousand times their size, and each translation unit has names of its own. The time to inflate a section
 * is bounded by the size that the section declares, {@link #unfolded}: a caller who reads for a user checks that size
 * first.
 */
public final class Names {
    /** A browser has a million functions. */
    static final int MOST_LOOKED_UP = 1 << 22;

    private static final int SEPARATOR = 1;
    /** The most bytes of a name in a text; the rest of a longer name is left out. */
    public static final int PRINTED = 200;

    private static final int PIECE = 1 << 13;
    private static final int ULEB_BITS = 7;
    private static final int MAX_SHIFT = 56;

    private final ByteBuffer section;
    private final Visitor visitor;
    private final byte[] piece = new byte[PIECE];
    /** Whether the current name has had bytes already. */
    private boolean begun;

    /** Receives the names piece by piece: there may be millions, also long ones, so that none becomes an object. */
    public interface Visitor {
        /** Receives the next bytes of a name. The array is reused after this returns. */
        void part(byte[] bytes, int offset, int length);

        /** The name is complete. */
        void end();

        /** The names until here are all of a translation unit. */
        default void endOfUnit() {}
    }

    /** Ignores the names: the section is only checked. */
    static final Visitor CHECK = new Visitor() {
        @Override
        public void part(byte[] bytes, int offset, int length) {}

        @Override
        public void end() {}
    };

    /** Receives the names of each translation unit. */
    @FunctionalInterface
    private interface BlobVisitor {
        /**
         * Receives the names of a translation unit.
         *
         * @param blob the names, or their compressed form
         * @param whole the size of the names in bytes, as the blob declares it
         * @param folded whether they are compressed
         */
        void visit(ByteBuffer blob, long whole, boolean folded) throws InvalidFileException;
    }

    /** The hash by which records refer to names. */
    public static final class Hash {
        private static final int SIZE = 16;

        private final MessageDigest md5;
        /** Not one of each name's own: there may be millions. */
        private final byte[] digest = new byte[SIZE];

        private final ByteBuffer number = ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN);

        public Hash() {
            try {
                md5 = MessageDigest.getInstance("MD5");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The hash of a name. */
        public long of(byte[] bytes, int offset, int length) {
            add(bytes, offset, length);
            return take();
        }

        /** Adds the next bytes of a name. */
        public void add(byte[] bytes, int offset, int length) {
            md5.update(bytes, offset, length);
        }

        /** The hash of the name that was added; the next name begins. */
        public long take() {
            try {
                md5.digest(digest, 0, SIZE);
            } catch (DigestException e) {
                throw new IllegalStateException(e);
            }
            return number.getLong(0);
        }
    }

    /** Looks names up until it is done, or until it has seen so many that others would wait too long. */
    abstract static class Lookup implements Visitor {
        private final Hash hash = new Hash();
        private int seen;

        /** Receives the hash of a name. */
        abstract void see(long reference);

        /** Whether it needs no more names. */
        abstract boolean isDone();

        /** Whether it has stopped before all names were read. */
        final boolean gaveUp() {
            return seen == MOST_LOOKED_UP;
        }

        @Override
        public void part(byte[] bytes, int offset, int length) {
            if (!gaveUp() && !isDone()) {
                hash.add(bytes, offset, length);
            }
        }

        @Override
        public final void end() {
            if (!gaveUp() && !isDone()) {
                seen++;
                see(hash.take());
            }
        }
    }

    /** Finds the names of some references. */
    private static final class Finder extends Lookup {
        private final Map<Long, String> found;
        private final Set<Long> wanted;
        private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
        private long size;

        Finder(Map<Long, String> found) {
            this.found = found;
            wanted = new HashSet<>(found.keySet());
        }

        @Override
        boolean isDone() {
            return wanted.isEmpty();
        }

        @Override
        public void part(byte[] bytes, int offset, int length) {
            super.part(bytes, offset, length);
            beginning.write(bytes, offset, Math.min(length, PRINTED - beginning.size()));
            size += length;
        }

        @Override
        void see(long reference) {
            if (wanted.remove(reference)) {
                found.put(reference, printable());
            }
            beginning.reset();
            size = 0;
        }

        private String printable() {
            String text = beginning.toString(StandardCharsets.UTF_8);
            return text.replaceAll("[^\\p{Graph}]", "?") + (size > PRINTED ? "..." : "");
        }
    }

    private Names(ByteBuffer section, Visitor visitor) {
        this.section = section.slice().order(ByteOrder.LITTLE_ENDIAN);
        this.visitor = visitor;
    }

    /**
     * Reads a section.
     *
     * @throws InvalidFileException if it is not a names section: llvm-profdata would reject the whole profile
     */
    public static void read(ByteBuffer section, Visitor visitor) throws InvalidFileException {
        new Names(section, visitor).read();
    }

    /**
     * How many bytes of names a section declares; {@link #read} inflates no more. This method inflates nothing.
     *
     * @throws InvalidFileException if it is not a names section
     */
    public static long unfolded(ByteBuffer section) throws InvalidFileException {
        long[] sum = {0};
        new Names(section, CHECK).eachBlob((blob, whole, folded) -> sum[0] = Saturated.sum(sum[0], whole));
        return sum[0];
    }

    /**
     * Finds the names of functions or vtables for a text: cut, with anything that is not printable replaced.
     *
     * @param found texts by hash; each hash that is a key gets its name, if the section has one
     * @return how many bytes of names were inflated
     */
    public static long find(ByteBuffer section, Map<Long, String> found) {
        try {
            read(section, new Finder(found));
            return unfolded(section);
        } catch (InvalidFileException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The text that stands for an unknown name. */
    public static String number(long reference) {
        return String.format("%016x", reference);
    }

    private void read() throws InvalidFileException {
        eachBlob((blob, whole, folded) -> {
            if (folded) {
                inflate(blob, whole);
            } else {
                copy(blob);
            }
            endName();
            visitor.endOfUnit();
        });
    }

    private void eachBlob(BlobVisitor blobs) throws InvalidFileException {
        while (section.hasRemaining()) {
            if (section.position() > 0 && section.get(section.position()) == 0) {
                section.get();
                continue;
            }
            long whole = uleb128();
            long compressed = uleb128();
            long there = compressed == 0 ? whole : compressed;
            require(there <= section.remaining(), "has names that are cut off");
            ByteBuffer blob = section.slice(section.position(), (int) there);
            section.position(section.position() + (int) there);
            blobs.visit(blob, whole, compressed != 0);
        }
    }

    /** Not less than 0: of 56 bits. */
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
                part(begin, i - begin);
                endName();
                begin = i + 1;
            }
        }
        part(begin, count - begin);
    }

    private void part(int offset, int length) {
        if (length > 0) {
            visitor.part(piece, offset, length);
            begun = true;
        }
    }

    private void endName() throws InvalidFileException {
        if (!begun) {
            throw new InvalidFileException("has an empty name");
        }
        begun = false;
        visitor.end();
    }
}
