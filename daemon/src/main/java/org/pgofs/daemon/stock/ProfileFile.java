package org.pgofs.daemon.stock;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.pgofs.counters.linux.ForeignPath;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.process.WrittenProfile;
import org.pgofs.profraw.WrittenProfiles;

/**
 * A raw profile that lies anywhere, whoever wrote it.
 *
 * @param owner of the file
 * @param profiles what is in it, in its order
 */
record ProfileFile(int owner, List<WrittenProfile> profiles) {
    /** More than any program writes; it is in memory while it is read. */
    private static final long MOST_BYTES = 1 << 28;

    /** Says whether there is room for a file. */
    interface Room {
        void require(int owner, long bytes) throws IOException;
    }

    /**
     * Reads a file, as it is when it is opened: what it becomes meanwhile does not matter.
     *
     * @throws IOException if it is not a whole profile; the message is one line that names it
     */
    static ProfileFile read(Path file, Room room) throws IOException {
        try {
            ByteBuffer bytes;
            int owner;
            int fd = ForeignPath.openRegular(file);
            try {
                Linux.Status status = Linux.status(fd);
                owner = status.uid();
                bytes = read(fd, status.size(), room, owner);
            } finally {
                Linux.close(fd);
            }
            List<WrittenProfile> profiles = WrittenProfiles.read(bytes);
            if (profiles.isEmpty()) {
                throw new IOException("has no profile in it: did its program end by a signal, or by _exit?");
            }
            return new ProfileFile(owner, profiles);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist, or not for the daemon", e);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new IOException(file + ": bad raw profile: " + e.getMessage(), e);
        }
    }

    private static ByteBuffer read(int fd, long size, Room room, int owner) throws IOException {
        if (size > MOST_BYTES) {
            throw new IOException("has " + size + " bytes, and at most " + MOST_BYTES + " are read");
        }
        room.require(owner, size);
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) size);
        if (!Linux.readFully(fd, 0, bytes)) {
            throw new EOFException("became shorter while it was read");
        }
        return bytes.flip();
    }
}
