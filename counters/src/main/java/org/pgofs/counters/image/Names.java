package org.pgofs.counters.image;

import static org.pgofs.counters.format.InvalidFileException.require;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
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
 * The names in a names section. It has a blob for each translation unit: ULEB128 size of the names, ULEB128 size of what
 * they are compressed to by zlib or 0, the names with a 1 byte between each two. Zeros behind a blob are padding; what
 * llvm-profdata finds before the first one it takes for a size.
 *
 * <p>The bytes may be anything. Of names nothing is kept, however long they are or many. What compilers make has no bound:
 * names that are alike unfold to a thousand times their size, and each translation unit has its own. To unfold takes time
 * by what a section says it unfolds to, {@link #unfolded}, and never more: whoever reads one for somebody looks at that first.
 */
public final class Names {
    /** A browser has a million functions. */
    static final int MOST_LOOKED_UP = 1 << 22;

    private static final int SEPARATOR = 1;
    /** Bytes of a name in a text; the rest of a longer one is left out. */
    public static final int PRINTED = 200;

    private static final int PIECE = 1 << 13;
    private static final int ULEB_BITS = 7;
    private static final int MAX_SHIFT = 56;

    private final ByteBuffer section;
    private final Visitor visitor;
    private final byte[] piece = new byte[PIECE];
    /** Whether the name that is being read has bytes. */
    private boolean begun;

    /** What is done with the names. There may be millions of them, and long ones, so that none is made an object. */
    public interface Visitor {
        /** Sees the next bytes of a name, some from an offset on, which are others when this returns. */
        void part(byte[] bytes, int offset, int length);

        /** The name is complete. */
        void end();
    }

    /** Does nothing with them: the section is checked. */
    static final Visitor CHECK = new Visitor() {
        @Override
        public void part(byte[] bytes, int offset, int length) {}

        @Override
        public void end() {}
    };

    /** What is done with each translation unit's names. */
    @FunctionalInterface
    private interface BlobVisitor {
        /**
         * Sees them.
         *
         * @param blob what they are folded to, or the names
         * @param whole bytes that it says they have
         * @param folded whether they are compressed
         */
        void visit(ByteBuffer blob, long whole, boolean folded) throws InvalidFileException;
    }

    /** How records refer to names. */
    public static final class Hash {
        private final MessageDigest md5;

        public Hash() {
            try {
                md5 = MessageDigest.getInstance("MD5");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        /** What records have for a name. */
        public long of(byte[] bytes, int offset, int length) {
            add(bytes, offset, length);
            return take();
        }

        /** Takes the next bytes of a name. */
        public void add(byte[] bytes, int offset, int length) {
            md5.update(bytes, offset, length);
        }

        /** What records have for the name that was added; the next one begins. */
        public long take() {
            return ByteBuffer.wrap(md5.digest()).order(ByteOrder.LITTLE_ENDIAN).getLong();
        }
    }

    /** Looks names up, as long as one is wanted; of very many not all, so that nobody waits for it. */
    abstract static class Lookup implements Visitor {
        private final Hash hash = new Hash();
        private int seen;

        /** Sees what records have for a name. */
        abstract void see(long reference);

        /** Whether it has seen all that it wants to know. */
        abstract boolean isDone();

        /** Whether it has not looked at all names. */
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
     * @throws InvalidFileException if it is not one: llvm-profdata would reject the whole profile
     */
    public static void read(ByteBuffer section, Visitor visitor) throws InvalidFileException {
        new Names(section, visitor).read();
    }

    /**
     * How many bytes of names a section says it has; {@link #read} unfolds no more. Nothing is unfolded here.
     *
     * @throws InvalidFileException if it is none
     */
    public static long unfolded(ByteBuffer section) throws InvalidFileException {
        long[] sum = {0};
        new Names(section, CHECK).eachBlob((blob, whole, folded) -> sum[0] = Saturated.sum(sum[0], whole));
        return sum[0];
    }

    /**
     * Finds the names of functions or vtables for a text: cut, with anything that is not printable replaced.
     *
     * @param found by what records have for them; those that are there get their names, if they have any
     * @return how many bytes of names were unfolded
     */
    public static long find(ByteBuffer section, Map<Long, String> found) {
        try {
            read(section, new Finder(found));
            return unfolded(section);
        } catch (InvalidFileException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** What stands for a name that is not known. */
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
        require(begun, "has an empty name");
        begun = false;
        visitor.end();
    }
}
