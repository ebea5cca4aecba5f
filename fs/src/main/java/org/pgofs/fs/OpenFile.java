package org.pgofs.fs;

import java.nio.ByteBuffer;

/**
 * The state of one open file. What it reads must not change while it is open, or a program that reads it in pieces sees
 * a mixture. All methods but {@link #close()} may be called by several threads at once. One that waits is interrupted
 * when the mount is closed.
 */
public interface OpenFile extends AutoCloseable {
    /**
     * The size of what this open file reads, which does not change. It should be that of the {@link FileView} by which it
     * was opened: some programs never ask again.
     *
     * @return bytes, by default 0
     * @throws FsException if the content cannot be made
     */
    default long size() throws FsException {
        return 0;
    }

    /**
     * Reads.
     *
     * @param offset bytes from the start of the content
     * @param target where to put the bytes, from its position; direct, little-endian; as many remain as were asked for;
     *     not to be kept
     * @return how many bytes were put: all, unless the content ends before; 0 at its end and by default
     * @throws FsException if the content cannot be made
     */
    default int read(long offset, ByteBuffer target) throws FsException {
        return 0;
    }

    /**
     * Writes. Its error reaches the writer; one of {@link #close()} reaches nobody.
     *
     * @param offset bytes from the start
     * @param data all that one system call wrote, at most 128 KiB; read-only; not to be kept
     * @throws FsException if it is refused, by default with {@link Errno#EINVAL}, as debugfs does
     */
    default void write(long offset, ByteBuffer data) throws FsException {
        throw new FsException(Errno.EINVAL, "the file takes no data");
    }

    /**
     * The memory that it keeps for its readers, which is bounded for each user and for all.
     *
     * @return bytes, about; 0 until the content is made, and by default; always the same from then on
     */
    default long held() {
        return 0;
    }

    /** The last descriptor was closed. */
    @Override
    default void close() {}
}
