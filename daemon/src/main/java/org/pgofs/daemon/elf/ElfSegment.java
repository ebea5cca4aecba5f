package org.pgofs.daemon.elf;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A part of an ELF64 file that is loaded when the program starts.
 *
 * @param offset bytes from the start of the file
 * @param address link-time address
 */
public record ElfSegment(long offset, long address) {
    /** The size of a program header in the file, bytes. */
    static final int HEADER_SIZE = 56;

    private static final int LOADED = 1;

    static Optional<ElfSegment> read(ByteBuffer headers, int at) {
        return headers.getInt(at) == LOADED
                ? Optional.of(new ElfSegment(headers.getLong(at + 8), headers.getLong(at + 16)))
                : Optional.empty();
    }
}
