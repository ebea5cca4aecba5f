package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Reads image files out of the segment directory. */
final class ImageFile {
    /** A bound for what one file may make the daemon hold; the Linux kernel's is 8 MB. */
    private static final long MAX_SIZE = 1L << 29;

    private ImageFile() {}

    /**
     * Reads a whole image file.
     *
     * @return its bytes, unchecked but for owner, kind and size
     * @throws IOException if it is not there, cannot be read, or is somebody else's file under that name
     */
    static byte[] read(Path path, int owner) throws IOException {
        int fd = Linux.openForReading(path);
        try {
            Linux.Status status = Linux.status(fd);
            if (!status.regular() || status.uid() != owner || status.links() != 1 || status.size() > MAX_SIZE) {
                throw new IOException(path + " is not an image file of user " + owner);
            }
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) status.size());
            if (!Linux.readFully(fd, 0, bytes)) {
                throw new IOException(path + " was truncated");
            }
            byte[] copy = new byte[bytes.flip().remaining()];
            bytes.get(copy);
            return copy;
        } finally {
            Linux.close(fd);
        }
    }
}
