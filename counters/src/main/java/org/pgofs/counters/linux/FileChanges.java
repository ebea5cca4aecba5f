package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * All changes that the store makes to files, in the steps in which the kernel applies them: a process that is killed
 * has done the first steps and none of the others. A test implements this to stop or to fail at each step.
 */
public interface FileChanges {
    void makeDirectory(Path directory) throws IOException;

    /**
     * Opens a file for writing, and makes it empty or creates it.
     *
     * @return a file descriptor, to be closed by {@link Linux#close}
     */
    int create(Path file) throws IOException;

    /**
     * Writes a piece.
     *
     * @param bytes direct; its position moves to its limit
     */
    void append(int fd, ByteBuffer bytes) throws IOException;

    /** Renames a file, and replaces any file that has the new name. */
    void rename(Path from, Path to) throws IOException;

    void delete(Path file) throws IOException;

    /** Writes into a segment, as {@link Linux#write} does. */
    void writeAt(int fd, long offset, ByteBuffer bytes) throws IOException;

    /** Writes into a segment, as {@link Linux#writeLong} does. */
    void writeLong(int fd, long offset, long value) throws IOException;

    /** Writes a whole file. If this throws, the file is incomplete. */
    default void write(Path file, ByteBuffer content) throws IOException {
        int piece = 1 << 17;
        ByteBuffer direct = ByteBuffer.allocateDirect(Math.min(piece, content.remaining()));
        ByteBuffer rest = content.duplicate();
        int fd = create(file);
        try {
            while (rest.hasRemaining()) {
                int size = Math.min(piece, rest.remaining());
                direct.clear().put(rest.slice().limit(size));
                rest.position(rest.position() + size);
                append(fd, direct.flip());
            }
        } finally {
            Linux.close(fd);
        }
    }
}
