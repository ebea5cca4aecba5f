package org.pgofs.counters.process;

import java.nio.ByteBuffer;
import java.util.List;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.LoadedImage;

/**
 * An executable or shared library that counts with the compiler's own runtime: where its file says that things lie, at
 * link-time addresses.
 *
 * @param segments what is loaded
 * @param counters the counters section
 * @param records the section of function records
 * @param names the names section
 * @param vtables the section of vtables, of size 0 without vtables
 * @param vtableNames the names of the vtables
 * @param format how its records are read
 */
public record StockProgram(
        List<Segment> segments,
        Area counters,
        Area records,
        Area names,
        Area vtables,
        Area vtableNames,
        Format format) {
    private static final Area NONE = new Area(0, 0);

    /** Stands for a program with the runtime of pgofs: it counts already. */
    public static final StockProgram PUBLISHING = new StockProgram(List.of(), NONE, NONE, NONE, NONE, NONE, memory -> {
        throw new InvalidFileException("has the runtime of pgofs");
    });

    /**
     * A part of the file that is loaded; both numbers are multiples of a page of this kernel.
     *
     * @param offset bytes from the start of the file
     * @param address its link-time address
     */
    public record Segment(long offset, long address) {}

    /** What a process has in its memory, all little-endian; whoever owns it wrote it. */
    public record Memory(
            ByteBuffer records,
            long recordsAddress,
            long countersAddress,
            ByteBuffer names,
            ByteBuffer vtables,
            ByteBuffer vtableNames) {}

    /** How the records of the compiler's version are read. */
    @FunctionalInterface
    public interface Format {
        /**
         * Reads an image as it lies in a process.
         *
         * @throws InvalidFileException if it is none; the message says why, without a name
         */
        LoadedImage read(Memory memory) throws InvalidFileException;
    }

    /** Whether it has the runtime of pgofs: nothing else is known of it. */
    boolean isPublishing() {
        return equals(PUBLISHING);
    }
}
