package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A directory of a user's on a tmpfs. Its owner may put anything into it at any moment, and may mount a file system that
 * never answers (FUSE) on it, or on a file in it. So it is held by a descriptor, and what is in it is first opened by a
 * descriptor that asks no file system (O_PATH): it must be on the same mount.
 */
public final class ForeignDirectory implements AutoCloseable {
    private static final String TMPFS = "tmpfs";

    private final int fd;
    private final String mount;
    private final Linux.Status status;

    private ForeignDirectory(int fd, String mount, Linux.Status status) {
        this.fd = fd;
        this.mount = mount;
        this.status = status;
    }

    /**
     * Opens a directory, or what is mounted on it.
     *
     * @param directory whose parent belongs to root
     * @throws NotDirectoryException if it is none
     * @throws IOException if it cannot be opened, or is not on a tmpfs; the message says why, without the path
     */
    public static ForeignDirectory open(Path directory) throws IOException {
        int fd = Linux.openPath(directory.toString(), false);
        try {
            String mount = ForeignPath.mount(fd);
            Optional<MountTable.Entry> entry = MountTable.read().mounts().stream()
                    .filter(known -> known.id().equals(mount))
                    .findFirst();
            if (entry.isEmpty() || !entry.get().type().equals(TMPFS)) {
                throw new IOException("is not on a tmpfs");
            }
            Linux.Status status = Linux.knownStatus(fd);
            if (!status.directory()) {
                throw new NotDirectoryException("is not a directory");
            }
            return new ForeignDirectory(fd, mount, status);
        } catch (IOException | RuntimeException e) {
            Linux.close(fd);
            throw e;
        }
    }

    /** What it was when it was opened. */
    public Linux.Status status() {
        return status;
    }

    /** Whether nothing is mounted on it since it was opened, and it is on the mount of another one. */
    public boolean isOnMountOf(ForeignDirectory other) {
        return mount.equals(other.mount);
    }

    /** A path by which this very directory is reached, whoever moves it. */
    public Path path() {
        return Path.of("/proc/self/fd/" + fd + "/.");
    }

    private Path path(String name) {
        return Path.of("/proc/self/fd/" + fd + "/" + name);
    }

    /**
     * Lists it.
     *
     * @param most how many names
     */
    public List<String> names(int most) throws IOException {
        int[] left = {most + 2}; // "." and ".."
        return new DirectoryListing(path())
                .list(inode -> --left[0] < 0).values().stream()
                        .filter(name -> !name.equals(".") && !name.equals(".."))
                        .toList();
    }

    /** It is there, and something else than a file. */
    public static final class NotRegularException extends IOException {
        private static final long serialVersionUID = 1;

        NotRegularException(String message) {
            super(message);
        }
    }

    /**
     * Opens a file in it for reading, and never waits.
     *
     * @return a file descriptor
     * @throws NotRegularException if it is no regular file of this directory's file system
     * @throws IOException if it cannot be opened now
     */
    public int openRegular(String name) throws IOException {
        int file = Linux.openPath(path(name).toString(), false);
        try {
            if (!ForeignPath.mount(file).equals(mount)) {
                throw new NotRegularException("is a mount point");
            }
            if (!Linux.knownStatus(file).regular()) {
                throw new NotRegularException("is not a regular file");
            }
            return Linux.reopenForReading(file);
        } finally {
            Linux.close(file);
        }
    }

    /** Deletes a file in it. */
    public void delete(String name, FileChanges changes) throws IOException {
        changes.delete(path(name));
    }

    @Override
    public void close() {
        Linux.close(fd);
    }
}
