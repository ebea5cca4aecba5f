package org.pgofs.daemon.elf;

import java.nio.ByteBuffer;

/**
 * A section header of an ELF64 file.
 *
 * @param nameOffset where the name starts in the section of names, bytes
 * @param type one of the constants
 * @param flags {@link #isInMemory} reads them
 * @param address link-time address
 * @param offset bytes from the start of the file
 * @param size bytes
 * @param link index of a section that belongs to this one
 */
public record ElfSection(int nameOffset, int type, long flags, long address, long offset, long size, int link) {
    /** The size of a section header in the file, bytes. */
    public static final int HEADER_SIZE = 64;

    /** A type: a table of symbols. */
    public static final int SYMBOLS = 2;

    /** A type: notes. */
    public static final int NOTES = 7;

    static final int NO_BITS = 8;

    private static final long ALLOCATED = 2;

    static ElfSection read(ByteBuffer headers, int at) {
        return new ElfSection(
                headers.getInt(at),
                headers.getInt(at + 4),
                headers.getLong(at + 8),
                headers.getLong(at + 16),
                headers.getLong(at + 24),
                headers.getLong(at + 32),
                headers.getInt(at + 40));
    }

    /**
     * Whether it takes up memory at its address.
     *
     * @return whether the program has it in memory
     */
    public boolean isInMemory() {
        return (flags & ALLOCATED) != 0 && size > 0;
    }

    /** Whether some bytes lie wholly in it and in the file. */
    boolean holds(long firstAddress, long bytes) {
        return isInMemory() && type != NO_BITS && firstAddress >= address && firstAddress - address <= size - bytes;
    }
}
