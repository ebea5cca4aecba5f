package org.pgofs.daemon.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalInt;

/** What instrumentation and its runtime leave in a program: names of sections, symbols and notes. */
public final class ProfileSections {
    /** A section: counters or bytes of coverage. */
    public static final String COUNTERS = "__llvm_prf_cnts";
    /** A section: a record for each function. */
    public static final String RECORDS = "__llvm_prf_data";
    /** A section: the names of functions. */
    public static final String NAMES = "__llvm_prf_names";
    /** A section: bitmaps of MC/DC. */
    public static final String BITMAPS = "__llvm_prf_bits";
    /** A section: where the runtimes of compilers keep values. */
    public static final String VALUE_SITES = "__llvm_prf_vals";
    /** A section: an entry for each vtable. */
    public static final String VTABLES = "__llvm_prf_vtab";
    /** A section: the names of vtables. */
    public static final String VTABLE_NAMES = "__llvm_prf_vns";

    /** What all of these begin with. */
    public static final String PREFIX = "__llvm_prf_";

    /** The symbol of the raw version. */
    public static final String RAW_VERSION = "__llvm_profile_raw_version";

    private static final String NOTE_NAME = "pgofs";
    private static final int NOTE_TYPE = 1;

    private ProfileSections() {}

    /**
     * The format in which the runtime of pgofs publishes.
     *
     * @param elf a program
     * @return its number, nothing if that runtime is not linked in
     * @throws IOException if the file cannot be read, or is damaged
     */
    public static OptionalInt publishedFormat(ElfFile elf) throws IOException {
        Optional<ByteBuffer> note = elf.note(NOTE_NAME, NOTE_TYPE).filter(content -> content.limit() >= Integer.BYTES);
        return note.isPresent() ? OptionalInt.of(note.get().getInt(0)) : OptionalInt.empty();
    }

    /**
     * A build id, as a raw profile has it.
     *
     * @param id its bytes, none if the file has none
     * @return u64 size, bytes, zeros to a multiple of 8; empty without an id
     */
    public static ByteBuffer binaryIds(ByteBuffer id) {
        if (!id.hasRemaining()) {
            return id;
        }
        int padded = (id.remaining() + Long.BYTES - 1) & -Long.BYTES;
        ByteBuffer ids = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        ids.putLong(0, id.remaining());
        ids.put(Long.BYTES, id, id.position(), id.remaining());
        return ids;
    }
}
