package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.linux.ReadableFile;

/** Looks into files of programs, and knows the formats of compilers. Thread-safe. */
public interface StockPrograms {
    /**
     * Looks into a file.
     *
     * @param file of a process; anybody's, and it may be anything
     * @return nothing if it is not instrumented; {@link StockProgram#PUBLISHING} if it has the runtime of pgofs
     * @throws InvalidFileException if it counts and cannot be read from outside; the message says why, without its name
     * @throws IOException if the file cannot be read now
     */
    Optional<StockProgram> read(ReadableFile file) throws IOException, InvalidFileException;

    /**
     * Reads a file that a program with the compiler's own runtime wrote.
     *
     * @param bytes the remaining bytes are the file, and may be anything; they are kept, and not to be changed
     * @return its profiles, in their order
     * @throws InvalidFileException if it is not a sequence of whole profiles; the message says why, without its name
     */
    List<WrittenProfile> profiles(ByteBuffer bytes) throws InvalidFileException;

    /**
     * Whether a file is a profile: a process that has one mapped counts in it, and not in its sections.
     *
     * @param word its first 8 bytes, little-endian
     */
    boolean isProfile(long word);
}
