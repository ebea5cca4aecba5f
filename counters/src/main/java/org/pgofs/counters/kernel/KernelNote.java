package org.pgofs.counters.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.pgofs.counters.format.ElfNotes;
import org.pgofs.counters.format.KernelNoteLayout;

/**
 * What the note of a kernel or of a module says, by addresses. Nothing of it is checked but that it is one.
 *
 * @param text the first byte of the kernel's image; of a module, its {@code struct module}
 * @param control what is only known in memory
 * @param counters the counters section
 * @param data the records
 * @param names the names section
 * @param values the compiler's places for value sites
 * @param sites the value sites
 * @param bitmaps the bitmaps section
 */
record KernelNote(
        long text, long control, Range counters, Range data, Range names, Range values, Range sites, Range bitmaps) {
    /** From an address to another one, which is behind it. */
    record Range(long begin, long end) {
        private static final int MAX = 256 << 20;

        /**
         * How long it is.
         *
         * @throws IOException if that cannot be
         */
        int size(String what) throws IOException {
            long size = end - begin;
            if (size < 0 || size > MAX) {
                throw new IOException("the note of pgofs gives " + size + " bytes for its " + what);
            }
            return (int) size;
        }
    }

    /**
     * The note among others.
     *
     * @param notes as {@code /sys} has them
     * @param form how the note is to be read, of {@link KernelNoteLayout}
     * @param added to each word of it
     * @return the note, if there is one
     * @throws IOException if it is of another version of pgofs
     */
    static Optional<KernelNote> find(ByteBuffer notes, int form, long added) throws IOException {
        Optional<ByteBuffer> found = ElfNotes.find(notes, KernelNoteLayout.NAME, KernelNoteLayout.TYPE);
        return found.isPresent() ? Optional.of(read(found.get(), form, added)) : Optional.empty();
    }

    private static KernelNote read(ByteBuffer note, int form, long added) throws IOException {
        if (note.limit() < KernelNoteLayout.SIZE
                || note.getInt(KernelNoteLayout.VERSION) != KernelNoteLayout.VERSION_VALUE
                || note.getInt(KernelNoteLayout.FORM) != form) {
            throw new IOException("the note of pgofs is of another version: build the kernel with this pgofs");
        }
        return new KernelNote(
                note.getLong(KernelNoteLayout.TEXT) + added,
                note.getLong(KernelNoteLayout.CONTROL) + added,
                range(note, KernelNoteLayout.COUNTERS, added),
                range(note, KernelNoteLayout.DATA, added),
                range(note, KernelNoteLayout.NAMES, added),
                range(note, KernelNoteLayout.VALUES, added),
                range(note, KernelNoteLayout.SITES, added),
                range(note, KernelNoteLayout.BITMAPS, added));
    }

    private static Range range(ByteBuffer note, int at, long added) {
        return new Range(note.getLong(at) + added, note.getLong(at + Long.BYTES) + added);
    }
}
