package org.pgofs.counters.segment;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.pgofs.counters.linux.LockHolder;

/**
 * A lock that a daemon holds for a moment while it starts: two daemons must not each mount a tmpfs, one over the other.
 * Any process that can open the file can hold the lock, so only root may open it. A file that others could ever open is
 * replaced, since they may still have it open.
 */
final class StartLock implements AutoCloseable {
    private static final Set<PosixFilePermission> PERMISSIONS = PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<Set<PosixFilePermission>> ROOTS_ALONE =
            PosixFilePermissions.asFileAttribute(PERMISSIONS);

    private static final long POLL_MS = 10;

    private final FileChannel channel;

    private StartLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits for the lock, for a bounded time.
     *
     * @param file in a directory that is root's
     * @throws IOException if another process keeps the lock; the message is one line that names it
     */
    static StartLock take(Path file, Duration patience) throws IOException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin <= patience.toNanos()) {
            Optional<StartLock> lock = tryTake(file);
            if (lock.isPresent()) {
                return lock.get();
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        throw new IOException(file + " is locked by " + holder(file) + ", which should hold it for a moment: end that");
    }

    private static Optional<StartLock> tryTake(Path file) throws IOException {
        prepare(file);
        Object seen = attributes(file).fileKey();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        boolean held = false;
        try {
            // Another daemon may have replaced it meanwhile.
            held = channel.tryLock() != null && seen.equals(attributes(file).fileKey());
        } finally {
            if (!held) {
                channel.close();
            }
        }
        return held ? Optional.of(new StartLock(channel)) : Optional.empty();
    }

    private static void prepare(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            make(file);
        } else if (!isRootsAlone(file)) {
            Path own = file.resolveSibling(
                    file.getFileName() + "." + ProcessHandle.current().pid());
            make(own);
            Files.move(own, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void make(Path file) throws IOException {
        FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), ROOTS_ALONE)
                .close();
    }

    private static PosixFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isRootsAlone(Path file) throws IOException {
        PosixFileAttributes attributes = attributes(file);
        return attributes.isRegularFile()
                && attributes.permissions().equals(PERMISSIONS)
                && Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                        .equals(0);
    }

    /** The process that holds the lock, as far as this process can see it. */
    private static String holder(Path file) throws IOException {
        return LockHolder.of(file).map(pid -> "process " + pid).orElse("a process of another pid namespace");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
