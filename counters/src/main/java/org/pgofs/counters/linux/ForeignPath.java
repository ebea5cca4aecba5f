package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Paths that users may lead anywhere. Any user can mount a FUSE file system whose server never answers. A process that
 * looks a name up there, even by stat(2), waits for ever and cannot be killed. So a path is walked one name at a time,
 * with descriptors that ask no file system (O_PATH), and the walk ends with an error where it meets FUSE. If the root
 * directory is on FUSE, this one file system is accepted: nothing works without it.
 */
public final class ForeignPath {
    private static final int MAX_LINKS = 40;
    private static final String FUSE = "fuse";
    private static final String MOUNT_ID = "mnt_id:";

    private final Path path;
    private final String allowed;
    private final Map<String, String> types = new HashMap<>();
    private final Deque<String> names = new ArrayDeque<>();
    private int at = -1;
    private int links;

    private ForeignPath(Path path, String allowed) {
        this.path = path;
        this.allowed = allowed;
    }

    /**
     * Opens a regular file for reading, and never waits.
     *
     * @param file the path; links are followed
     * @return the file, to be closed
     * @throws NoSuchFileException if it does not exist
     * @throws IOException if it cannot or must not be opened now; the message says why, without the path
     */
    public static FileChannel open(Path file) throws IOException {
        int fd = openRegular(file);
        try {
            // While this descriptor is open, nobody can get a lease for which the next open would have to wait.
            return FileChannel.open(descriptor(fd));
        } finally {
            Linux.close(fd);
        }
    }

    /** The same, but returns a descriptor. */
    public static int openRegular(Path file) throws IOException {
        int fd = new ForeignPath(file, "").walk();
        try {
            if (!Linux.status(fd).regular()) {
                throw new IOException("is not a regular file");
            }
            return Linux.reopenForReading(fd);
        } finally {
            Linux.close(fd);
        }
    }

    /**
     * The path of a file or directory, without links.
     *
     * @param path an existing path
     * @return the path without links
     * @throws NoSuchFileException if it does not exist
     * @throws IOException if it cannot be walked; the message says why, without the path
     */
    public static Path real(Path path) throws IOException {
        int fd = new ForeignPath(path, "").walk();
        try {
            return Files.readSymbolicLink(descriptor(fd));
        } finally {
            Linux.close(fd);
        }
    }

    /**
     * Checks that no existing part of a path is on FUSE.
     *
     * @param path any path
     * @param allowed a type of FUSE file system on which it may be, if the server is root's
     * @throws IOException if it is; the message is one line
     */
    public static void requireNoFuse(Path path, String allowed) throws IOException {
        try {
            Linux.close(new ForeignPath(path, allowed).walk());
        } catch (NoSuchFileException | AccessDeniedException e) {
            return; // a path that does not exist keeps nobody waiting
        } catch (IOException e) {
            throw new IOException(path + " " + e.getMessage(), e);
        }
    }

    private static Path descriptor(int fd) {
        return Path.of("/proc/self/fd/" + fd);
    }

    /** Opens the file to which the path leads. */
    private int walk() throws IOException {
        readMounts();
        try {
            goToRoot();
            types.put(mount(at), ""); // whatever it is
            push(path.toAbsolutePath());
            while (!names.isEmpty()) {
                step(names.pop());
            }
            return at;
        } catch (NoSuchFileException e) {
            Linux.close(at);
            throw new NoSuchFileException(path.toString());
        } catch (AccessDeniedException e) {
            Linux.close(at);
            throw new AccessDeniedException(path.toString(), null, e.getReason());
        } catch (IOException | RuntimeException e) {
            Linux.close(at);
            throw e;
        }
    }

    private void readMounts() throws IOException {
        for (MountTable.Entry mount : MountTable.read().mounts()) {
            types.put(mount.id(), type(mount));
        }
    }

    /** The type of a mount, with the user of its server if that is not root. */
    private static String type(MountTable.Entry mount) {
        return mount.isFuse() && !mount.isServedByRoot() ? mount.type() + " of user " + mount.server() : mount.type();
    }

    private void goToRoot() throws IOException {
        moveTo(Linux.openPath("/", false));
    }

    private void moveTo(int next) {
        if (at != -1) {
            Linux.close(at);
        }
        at = next;
    }

    private void push(Path more) {
        for (int i = more.getNameCount() - 1; i >= 0; i--) {
            names.push(more.getName(i).toString());
        }
    }

    private void step(String name) throws IOException {
        if (name.isEmpty()) {
            return;
        }
        Path next = descriptor(at).resolve(name);
        int fd = Linux.openPath(next.toString(), false);
        try {
            requireOther(fd);
            if (!Linux.knownStatus(fd).link()) {
                moveTo(fd);
                return;
            }
        } catch (IOException | RuntimeException e) {
            Linux.close(fd);
            throw e;
        }
        boolean magic = "proc".equals(types.get(mount(fd)));
        Linux.close(fd);
        if (++links > MAX_LINKS) {
            throw new FileSystemLoopException(path.toString());
        }
        follow(next, magic);
    }

    /** A link of procfs leads to a file and not along a path. */
    private void follow(Path link, boolean magic) throws IOException {
        if (magic) {
            moveTo(Linux.openPath(link.toString(), true));
            requireOther(at);
            return;
        }
        Path target = Files.readSymbolicLink(link);
        push(target);
        if (target.isAbsolute()) {
            goToRoot();
        }
    }

    private void requireOther(int fd) throws IOException {
        String type = types.getOrDefault(mount(fd), "");
        if (type.startsWith(FUSE) && !type.equals(allowed)) {
            throw new IOException("is on a file system that may never answer (" + type + "): use another one");
        }
    }

    /** The number of the mount of a descriptor. The file system is not asked, since that could take for ever. */
    static String mount(int fd) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd)).stream()
                .filter(line -> line.startsWith(MOUNT_ID))
                .map(line -> line.substring(MOUNT_ID.length()).strip())
                .findFirst()
                .orElse("");
    }
}
