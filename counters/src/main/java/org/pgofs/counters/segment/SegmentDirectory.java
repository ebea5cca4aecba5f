package org.pgofs.counters.segment;

import static org.pgofs.counters.linux.Abi.MS_NODEV;
import static org.pgofs.counters.linux.Abi.MS_NOEXEC;
import static org.pgofs.counters.linux.Abi.MS_NOSUID;
import static org.pgofs.counters.linux.Abi.STATFS_SIZE;
import static org.pgofs.counters.linux.Abi.STATFS_TYPE;
import static org.pgofs.counters.linux.Abi.TMPFS_MAGIC;

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
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.pgofs.counters.linux.FileChanges;
import org.pgofs.counters.linux.LibC;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.LockHolder;
import org.pgofs.counters.linux.OwnFile;
import org.pgofs.counters.linux.RealChanges;
import org.pgofs.counters.linux.SegmentTmpfs;
import org.pgofs.counters.state.StateDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory in which targets publish: a tmpfs into which anyone may put files and which nobody but root may list.
 * One daemon at a time holds it.
 */
public final class SegmentDirectory implements AutoCloseable {
    /** The default path, for targets too. */
    public static final String DEFAULT = "/run/pgofs";

    private static final Logger LOG = LoggerFactory.getLogger(SegmentDirectory.class);

    private static final Path STARTING = Path.of("/run/pgofs.lock");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String STATE = ".state";

    /** A file that is locked while a daemon runs. Anyone may ask whether it is locked, but only root can lock it. */
    private static final String SERVING = ".serving";

    private static final int PID_DIGITS = 10;
    private static final int STICKY = 01000;
    private static final int LISTED_BY_OTHERS = 044;
    private static final int SEARCHED_BY_OTHERS = 01;

    private final Path path;
    private final FileChanges changes;
    private HeldLock lock;
    private HeldLock serving;

    private SegmentDirectory(Path path, HeldLock lock, HeldLock serving, FileChanges changes) {
        this.path = path;
        this.lock = lock;
        this.serving = serving;
        this.changes = changes;
    }

    /**
     * Makes a directory ready for targets and locks it for this process: mounts a tmpfs over it unless it is the mount
     * point of one, and checks that it belongs to root and is sticky.
     *
     * @param directory absolute
     * @return the directory, held until it is closed
     * @throws IOException if it cannot be used; the message is one line that says why and what to do
     */
    public static SegmentDirectory acquire(Path directory) throws IOException {
        return acquire(directory, RealChanges.INSTANCE);
    }

    /** With other ways to change files. */
    public static SegmentDirectory acquire(Path directory, FileChanges changes) throws IOException {
        if (!Files.exists(directory)) {
            Files.createDirectories(directory);
        }
        if (!Files.isDirectory(directory)) {
            throw new IOException("segment directory " + directory + " is not a directory");
        }
        mountOnce(directory);
        check(directory);
        Path state = directory.resolve(STATE);
        makeState(state, changes);
        new RefusedLog(directory, state, changes).make();
        HeldLock lock = lock(directory, changes);
        try {
            return new SegmentDirectory(directory, lock, serve(directory, changes), changes);
        } catch (IOException | RuntimeException | Error e) {
            lock.channel.close();
            throw e;
        }
    }

    private static void makeState(Path state, FileChanges changes) throws IOException {
        OwnFile.make(state, true, changes, () -> changes.makeDirectory(state));
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
    }

    /** Makes the state directory and its lock again if somebody deleted them while this daemon runs. */
    public void restoreState() throws IOException {
        makeState(state(), changes);
        if (!lock.isAt(lockFile(path))) {
            HeldLock again = lock(path, changes);
            lock.channel.close();
            lock = again;
        }
        if (!serving.isAt(path.resolve(SERVING))) {
            HeldLock again = serve(path, changes);
            serving.channel.close();
            serving = again;
        }
    }

    /** Shows targets that a daemon runs. This process must not open the file again: closing it would drop the lock. */
    private static HeldLock serve(Path directory, FileChanges changes) throws IOException {
        Path file = directory.resolve(SERVING);
        OwnFile.setAsideForeign(file, false, changes);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            changes.delete(file); // a process that may read it may hold a read lock on it
        }
        OwnFile.make(file, false, changes, () -> Linux.close(changes.create(file)));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock();
        LOG.debug("targets see by {} that a daemon runs", held);
        return new HeldLock(channel, HeldLock.key(file));
    }

    private static Path lockFile(Path directory) {
        return directory.resolve(STATE).resolve(StateDirectory.LOCK);
    }

    /**
     * An open file that is locked.
     *
     * @param key of its inode
     */
    private record HeldLock(FileChannel channel, Object key) {
        boolean isAt(Path file) throws IOException {
            return Files.exists(file, LinkOption.NOFOLLOW_LINKS) && key.equals(key(file));
        }

        static Object key(Path file) throws IOException {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        }
    }

    /** Two daemons that start at once must not each mount a tmpfs, one over the other. */
    private static void mountOnce(Path directory) throws IOException {
        if (isMountPoint(directory)) {
            return;
        }
        try (StartLock lock = StartLock.take(STARTING, PATIENCE)) {
            LOG.debug("{} is ours", lock);
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
                SegmentTmpfs.NAME,
                directory.toString(),
                "tmpfs",
                MS_NOSUID | MS_NODEV | MS_NOEXEC,
                SegmentTmpfs.OPTIONS);
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
        ByteBuffer statfs = ByteBuffer.allocateDirect(STATFS_SIZE).order(ByteOrder.nativeOrder());
        Linux.check(LibC.INSTANCE.statfs(directory.toString(), statfs), prefix);
        if (statfs.getLong(STATFS_TYPE) != TMPFS_MAGIC) {
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

    /**
     * Whether programs of other users than root can reach a directory.
     *
     * @param directory its path, without links
     * @return if not, one line that says what to do
     * @throws IOException if that cannot be found out
     */
    public static Optional<String> closedToOthers(Path directory) throws IOException {
        StringBuilder closed = new StringBuilder();
        for (Path above = directory.getParent(); above != null; above = above.getParent()) {
            if (((int) Files.getAttribute(above, "unix:mode") & SEARCHED_BY_OTHERS) == 0) {
                closed.insert(0, " " + above);
            }
        }
        return closed.isEmpty()
                ? Optional.empty()
                : Optional.of("segment directory " + directory
                        + " can be reached by root alone, and nobody else's programs count: chmod o+x" + closed
                        + ", or choose another one");
    }

    private static HeldLock lock(Path directory, FileChanges changes) throws IOException {
        Path file = lockFile(directory);
        OwnFile.make(file, false, changes, () -> Files.createFile(file));
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock();
        if (held == null) {
            channel.close();
            Optional<Long> holder = LockHolder.of(file); // which may not have written its pid yet
            String pid = (holder.isPresent() ? holder : holder(directory))
                    .map(String::valueOf)
                    .orElse("unknown");
            throw new IOException("segment directory " + directory + " is in use by another daemon, pid " + pid
                    + ": unmount that one, or give this one another --segment-dir");
        }
        killed(file, channel).ifPresent(LOG::warn);
        try {
            write(channel, ProcessHandle.current().pid());
        } catch (IOException e) {
            LOG.warn("cannot publish the pid of this daemon: {}", e.getMessage());
        }
        return new HeldLock(channel, HeldLock.key(file));
    }

    /**
     * Overwrites the pid of an earlier daemon: so there is room even on a full tmpfs. The zeros in front are those of a daemon that
     * writes 0 when it ends.
     */
    private static void write(FileChannel channel, long pid) throws IOException {
        channel.write(StandardCharsets.US_ASCII.encode(String.format("%010d%n", pid)), 0);
    }

    /** What is left of a daemon that did not end by itself. Read by the channel: to close another one would drop the lock. */
    private static Optional<String> killed(Path file, FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(PID_DIGITS);
        channel.read(bytes, 0);
        String left = StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
        if (!left.matches("0[0-9]{9}") || Long.parseLong(left) == 0) {
            return Optional.empty();
        }
        Instant last = Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.SECONDS);
        return Optional.of("the daemon before this one, process " + Long.parseLong(left)
                + ", was killed: its last sign of life is of " + last + "; its counts are taken over");
    }

    /**
     * Whether a daemon holds a directory.
     *
     * @param directory a segment directory
     * @return whether another process holds it
     * @throws IOException if that cannot be found out
     */
    public static boolean isHeld(Path directory) throws IOException {
        Path file = lockFile(directory);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return true; // somebody deleted it: a daemon that ends leaves it
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        }
    }

    /**
     * Whether a daemon runs, as targets see it. Anyone may ask.
     *
     * @param directory a segment directory
     * @return whether another process serves the directory
     * @throws IOException if that cannot be found out
     */
    public static boolean isServed(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory.resolve(SERVING), StandardOpenOption.READ);
                FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return lock == null;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * The process that holds a directory.
     *
     * @param directory a segment directory that is held
     * @return its pid, if it could write it
     * @throws IOException if the file cannot be read
     */
    public static Optional<Long> holder(Path directory) throws IOException {
        Path file = lockFile(directory);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        String pid = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        // 0 is that of a daemon that is about to let go.
        return pid.matches("0*[1-9][0-9]{0,17}") ? Optional.of(Long.valueOf(pid)) : Optional.empty();
    }

    /**
     * Where it is.
     *
     * @return its path
     */
    public Path path() {
        return path;
    }

    public FileChanges changes() {
        return changes;
    }

    /** The log of images that targets could not publish. */
    RefusedLog refused() {
        return new RefusedLog(path, state(), changes);
    }

    /** The directory of the state that outlives the daemon. */
    public Path state() {
        return path.resolve(STATE);
    }

    /**
     * The file with the pid of the daemon.
     *
     * @return its path; the time of its last change is the last sign of life
     */
    public Path holderFile() {
        return lockFile(path);
    }

    /** Releases the directory; the tmpfs stays, with the files that targets have published. */
    @Override
    public void close() throws IOException {
        if (lock.channel.isOpen()) {
            write(lock.channel, 0);
        }
        serving.channel.close();
        lock.channel.close();
    }
}
