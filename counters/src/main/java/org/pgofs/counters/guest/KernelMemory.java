package org.pgofs.counters.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** The memory in which a kernel runs and counts; it is only read. Not thread-safe. */
public interface KernelMemory extends AutoCloseable {
    /** The file by which it is read. */
    Path path();

    /** The inode of that file: with the path, what tells one memory from another. */
    long inode();

    /** Whether the machine exists. */
    boolean isInUse() throws IOException;

    /** The places where a copy of the kernel is now, as {@link #read} takes them. */
    List<Long> places() throws IOException;

    /**
     * Reads the counters of a copy of the kernel.
     *
     * @param place where it is
     * @param target aligned to pages, to be filled
     * @return whether the copy was still there after the reading
     */
    boolean read(long place, ByteBuffer target) throws IOException;

    @Override
    void close();
}
