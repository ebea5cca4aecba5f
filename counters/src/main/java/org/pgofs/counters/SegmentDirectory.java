package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory in which targets publish: a tmpfs into which anyone may put files and which nobody but root may list.
 * One daemon at a time holds it.
 */
public final class SegmentDirectory implements AutoCloseable {
    /** Where it is when nobody says otherwise, for targets too. */
    public static final String DEFAULT = "/run/pgofs";

    private static final Logger LOG = LoggerFactory.getLogger(SegmentDirectory.class);

    /** Locked for a moment while a daemon starts; root's own, so that nobody else can hold it. */
    private static final Path STARTING = Path.of("/run/pgofs.lock");

    private static final String STATE = ".state";
    private static final String ASIDE = "aside-";

    /** How often something of ours is made, if somebody else is always faster. */
    private static final int TRIES = 100;

    private static final long TMPFS_MAGIC = 0x01021994;
    private static final int STICKY = 01000;
    private static final int LISTED_BY_OTHERS = 044;
    private static final long MS_NOSUID = 2;
    private static final long MS_NODEV = 4;
    private static final long MS_NOEXEC = 8;
    // Without limits: a target that touches a page for which a tmpfs has no room dies of SIGBUS. With inode numbers
    // that
    // are never used again: files are known by theirs.
    private static final String OPTIONS = "size=0,nr_inodes=0,inode64,mode=1733";

    private final Path path;
    private final FileChannel lock;
    private final FileChanges changes;

    private SegmentDirectory(Path path, FileChannel lock, FileChanges changes) {
        this.path = path;
        this.lock = lock;
        this.changes = changes;
    }

    /**
     * Makes a directory ready for targets and takes it for this process: mounts a tmpfs over it unless it is the mount
     * point of one, and checks that it is root's and sticky.
     *
     * @param directory absolute
     * @return the directory, held until it is closed
     * @throws IOException if it cannot be used; the message is one line that says why and what to do
     */
    public static SegmentDirectory take(Path directory) throws IOException {
        return take(directory, RealChanges.INSTANCE);
    }

    /** With other ways to change files. */
    static SegmentDirectory take(Path directory, FileChanges changes) throws IOException {
        if (!Files.exists(directory)) {
            Files.createDirectories(directory);
        }
        if (!Files.isDirectory(directory)) {
            throw new IOException("segment directory " + directory + " is not a directory");
        }
        mountOnce(directory);
        check(directory);
        Path state = directory.resolve(STATE);
        makeOwn(state, true, changes, () -> changes.makeDirectory(state));
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
        RefusedLog refused = new RefusedLog(directory);
        makeOwn(directory.resolve(RefusedLog.NAME), false, changes, () -> refused.make(state, changes));
        return new SegmentDirectory(directory, lock(directory, state.resolve(StateDirectory.LOCK)), changes);
    }

    /** Two daemons that start at once must not each mount a tmpfs, one over the other. */
    private static void mountOnce(Path directory) throws IOException {
        if (isMountPoint(directory)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(STARTING, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock alone = channel.lock()) {
            LOG.debug("{} is ours", alone);
            if (!isMountPoint(directory)) {
                mountTmpfs(directory);
            }
        }
    }

    /**
     * Whether something is mounted on a directory.
     *
     * @param directory one that is there
     * @return whether it is a mount point
     * @throws IOException if it cannot be looked at
     */
    public static boolean isMountPoint(Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        return parent == null
                || !Files.getAttribute(directory, "unix:dev").equals(Files.getAttribute(parent, "unix:dev"));
    }

    private static void mountTmpfs(Path directory) throws IOException {
        if (!isEmpty(directory)) {
            throw new IOException("segment directory " + directory
                    + " is not empty and not the mount point of a tmpfs: empty it or choose another one");
        }
        int result = LibC.INSTANCE.mount(
                "pgofs-segments", directory.toString(), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, OPTIONS);
        Linux.check(result, "cannot mount a tmpfs on segment directory " + directory);
        LOG.info("mounted a tmpfs on segment directory {}", directory);
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            return !files.iterator().hasNext();
        }
    }

    private static void check(Path directory) throws IOException {
        String prefix = "segment directory " + directory;
        ByteBuffer statfs = ByteBuffer.allocateDirect(256).order(ByteOrder.nativeOrder());
        Linux.check(LibC.INSTANCE.statfs(directory.toString(), statfs), prefix);
        if (statfs.getLong(0) != TMPFS_MAGIC) {
            throw new IOException(prefix + " is the mount point of something that is not a tmpfs: choose another one");
        }
        checkPermissions(directory);
    }

    /**
     * Checks that no user can replace or find the files of another one in a directory.
     *
     * @param directory a mount point
     * @throws IOException if one can; the message is one line that says what to do
     */
    public static void checkPermissions(Path directory) throws IOException {
        int mode = (int) Files.getAttribute(directory, "unix:mode");
        if (!Files.getAttribute(directory, "unix:uid").equals(0) || (mode & STICKY) == 0) {
            throw new IOException(
                    "segment directory " + directory + " must belong to root and be sticky: chown root, chmod 1733");
        }
        if ((mode & LISTED_BY_OTHERS) != 0) {
            throw new IOException("segment directory " + directory
                    + " can be listed by others: choose another one, or, if nothing else uses it, chmod 1733");
        }
    }

    private interface Making {
        void make() throws IOException;
    }

    /**
     * Makes a file of ours, unless it is there. A user may make one of that name before, and at any moment between a look
     * and what follows from it: that is moved out of the way, and the store reports it under its new name. What is root's
     * nobody else can replace, as the directory is sticky.
     */
    private static void makeOwn(Path file, boolean isDirectory, FileChanges changes, Making making) throws IOException {
        for (int i = 0; i < TRIES && !isOwn(file, isDirectory); i++) {
            setAside(file, changes);
            try {
                making.make();
            } catch (IOException e) {
                if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    throw e;
                }
                LOG.debug("somebody else has made {}", file, e);
            }
        }
        if (!isOwn(file, isDirectory)) {
            throw new IOException("somebody makes " + file + " again and again: see who owns what is named "
                    + file.resolveSibling(ASIDE) + "*, and stop him");
        }
    }

    private static boolean isOwn(Path file, boolean isDirectory) throws IOException {
        try {
            PosixFileAttributes attributes =
                    Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return (isDirectory ? attributes.isDirectory() : attributes.isRegularFile())
                    && Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                            .equals(0);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static void setAside(Path file, FileChanges changes) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Path aside = file.resolveSibling(ASIDE + UUID.randomUUID());
            changes.rename(file, aside);
            LOG.warn("{} was made by somebody else: renamed to {}", file, aside);
        }
    }

    private static FileChannel lock(Path directory, Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock();
        if (held == null) {
            channel.close();
            String pid = holder(directory).map(String::valueOf).orElse("unknown");
            throw new IOException("segment directory " + directory + " is in use by another daemon, pid " + pid
                    + ": unmount that one, or give this one another --segment-dir");
        }
        try {
            // Over the pid of an earlier one: then there is room for it, even on a tmpfs that is full.
            channel.write(StandardCharsets.US_ASCII.encode(
                    String.format("%-10d%n", ProcessHandle.current().pid())));
        } catch (IOException e) {
            LOG.warn("nobody will be told the pid of this daemon: {}", e.getMessage());
        }
        return channel;
    }

    /**
     * Whether a daemon holds a directory.
     *
     * @param directory a segment directory
     * @return whether another process holds it
     * @throws IOException if that cannot be found out
     */
    public static boolean isHeld(Path directory) throws IOException {
        Path file = directory.resolve(STATE).resolve(StateDirectory.LOCK);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        }
    }

    /**
     * The process that holds a directory.
     *
     * @param directory a segment directory that is held
     * @return its pid, if it could leave it there
     * @throws IOException if the file cannot be read
     */
    public static Optional<Long> holder(Path directory) throws IOException {
        String pid = Files.readString(directory.resolve(STATE).resolve(StateDirectory.LOCK), StandardCharsets.US_ASCII)
                .strip();
        return pid.isEmpty() ? Optional.empty() : Optional.of(Long.valueOf(pid));
    }

    /**
     * Where it is.
     *
     * @return its path
     */
    public Path path() {
        return path;
    }

    FileChanges changes() {
        return changes;
    }

    /** Where the store keeps what must outlive the daemon. */
    Path state() {
        return path.resolve(STATE);
    }

    /** Lets go of the directory; the tmpfs stays, with what targets have published. */
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
