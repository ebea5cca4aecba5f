package org.pgofs.counters.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.OverBoundException;

/** Reads image files out of the segment directory. */
public final class ImageFile {
    /** The largest image file, whatever is configured: an array must hold it. That of the Linux kernel has 8 MB. */
    private static final long MAX_SIZE = 1L << 30;

    private static final int PIECE = 1 << 16;

    private ImageFile() {}

    /** Says whether there is room. */
    @FunctionalInterface
    public interface Room {
        void require(long bytes) throws OverBoundException;
    }

    /**
     * Reads a whole image file. The header is checked before memory is used for the rest: a sparse file of half a
     * gigabyte costs its maker nothing.
     *
     * @param owner of the segment that needs it
     * @param room throws if there is no room for so many bytes
     * @return its bytes, of which only the header is checked
     * @throws IOException if it does not exist, cannot be read, or belongs to another user
     * @throws InvalidFileException if it is no image file
     */
    public static byte[] read(Path path, int owner, Room room) throws IOException, InvalidFileException {
        int fd = Linux.openInForeignDirectory(path);
        try {
            Linux.Status status = Linux.status(fd);
            if (!status.regular() || status.uid() != owner || status.links() != 1) {
                throw new IOException(path + " is not an image file of user " + owner);
            }
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECE).order(ByteOrder.LITTLE_ENDIAN);
            Linux.readFully(fd, 0, piece.limit((int) Math.min(ImageLayout.SIZE, status.size())));
            ImageLayout.read(piece.flip(), status.size());
            if (status.size() > MAX_SIZE) {
                throw new OverBoundException("an image file may have " + MAX_SIZE + " bytes");
            }
            room.require(status.size());
            byte[] bytes = new byte[(int) status.size()];
            for (int at = 0; at < bytes.length; at += PIECE) {
                int count = Math.min(PIECE, bytes.length - at);
                if (!Linux.readFully(fd, at, piece.clear().limit(count))) {
                    throw new IOException(path + " was truncated");
                }
                piece.flip().get(bytes, at, count);
            }
            return bytes;
        } finally {
            Linux.close(fd);
        }
    }
}
