package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * A directory that is held by a descriptor, and in which others may put anything at any moment. What is in it is opened without
 * following links, without crossing mount points, and without waiting.
 */
public final class HeldDirectory implements AutoCloseable {
    private final int fd;

    private HeldDirectory(int fd, String name) throws IOException {
        this.fd = fd;
        try {
            if (!Linux.knownStatus(fd).directory()) {
                throw new NotDirectoryException(name);
            }
        } catch (IOException e) {
            Linux.close(fd);
            throw e;
        }
    }

    /**
     * Opens a directory.
     *
     * @param directory its path, on which links are followed
     * @return the directory, to be closed
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws NotDirectoryException if it is something else
     * @throws IOException if it cannot be opened; the message says why, without the path
     */
    public static HeldDirectory open(Path directory) throws IOException {
        return new HeldDirectory(Linux.openPath(directory.toString(), true), directory.toString());
    }

    /**
     * Opens a directory in it.
     *
     * @param path of one name or more, none of which is {@code .} or {@code ..}
     * @return the directory, to be closed
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws NotDirectoryException if it is something else, or a link
     * @throws IOException if it cannot be opened; the message says why, without the path
     */
    public HeldDirectory directory(String path) throws IOException {
        return new HeldDirectory(Linux.openPathIn(fd, path), path);
    }

    /**
     * Opens a regular file in it for reading.
     *
     * @param path of one name or more, none of which is {@code .} or {@code ..}
     * @return the file, to be closed
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws ForeignDirectory.NotRegularException if it is something else, or a link
     * @throws IOException if it cannot be opened; the message says why, without the path
     */
    public FileChannel openRegular(String path) throws IOException {
        int file = Linux.openPathIn(fd, path);
        try {
            if (!Linux.knownStatus(file).regular()) {
                throw new ForeignDirectory.NotRegularException("is not a regular file");
            }
            int opened = Linux.reopenForReading(file);
            try {
                // While this descriptor is open, nobody can get a lease for which the next open would have to wait.
                return FileChannel.open(Path.of("/proc/self/fd/" + opened));
            } finally {
                Linux.close(opened);
            }
        } finally {
            Linux.close(file);
        }
    }

    /**
     * A path by which this very directory is reached, whoever moves it.
     *
     * @return the path, valid until this is closed
     */
    public Path path() {
        return path(".");
    }

    /**
     * A path for calls that do not follow a link at its end.
     *
     * @param name one name in it
     * @return the path, valid until this is closed
     */
    public Path path(String name) {
        return Path.of("/proc/self/fd/" + fd + "/" + name);
    }

    @Override
    public void close() {
        Linux.close(fd);
    }
}
