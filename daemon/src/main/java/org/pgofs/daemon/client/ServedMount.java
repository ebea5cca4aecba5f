package org.pgofs.daemon.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pgofs.counters.segment.SegmentDirectory;
import org.pgofs.fs.fuse.Mount;
import org.pgofs.fs.fuse.MountException;
import picocli.CommandLine.Parameters;

/** The mount that a command is about: a word of its own, or the only one that there is. */
public final class ServedMount {
    /** What the kernel says of a mount without a process. */
    private static final String DEAD = "Transport endpoint is not connected";

    /** Bytes that are read at once, of a file whose size is not known. */
    private static final int LEAST = 1 << 16;

    /** What its word is, for commands that have words before it. */
    public static final String DESCRIPTION =
            "The mount point, as given to pgofs mount. Needed only if there are several.";

    private static final String SEGMENT_DIR = "PGOFS_SEGMENT_DIR";

    @Parameters(arity = "0..1", paramLabel = "MOUNTPOINT", description = DESCRIPTION)
    private Path mountPoint;

    /**
     * A mount.
     *
     * @param mountPoint as it is named; null if it is not
     * @return the mount
     */
    public static ServedMount of(Path mountPoint) {
        ServedMount mount = new ServedMount();
        mount.mountPoint = mountPoint;
        return mount;
    }

    /**
     * Finds it; of several mounts it is the one that serves the PGOFS_SEGMENT_DIR of the caller's environment, if that is set.
     *
     * @return its path
     * @throws IOException if it is not named, and there is none or more than one; the message is one line
     */
    public Path path() throws IOException {
        if (mountPoint != null) {
            return mountPoint;
        }
        List<Path> all = Mount.all();
        return only(System.getenv(SEGMENT_DIR) == null ? all : forPrograms(all));
    }

    /**
     * Finds it; of several mounts it is the one that serves the programs which are started with the caller's environment.
     *
     * @return its path
     * @throws IOException if it is named and is none, or if it is not named, and there is none or more than one; the message
     *     is one line
     */
    public Path pathForPrograms() throws IOException {
        if (mountPoint != null) {
            Mount.require(mountPoint);
            return mountPoint;
        }
        return only(forPrograms(Mount.all()));
    }

    private static List<Path> forPrograms(List<Path> mounts) {
        List<Path> ours = mounts.stream().filter(ServedMount::servesPrograms).toList();
        return ours.isEmpty() ? mounts : ours;
    }

    private static Path only(List<Path> mounts) throws IOException {
        if (mounts.isEmpty()) {
            throw new IOException("pgofs is not mounted anywhere: see pgofs mount --help");
        }
        if (mounts.size() > 1) {
            throw new IOException("pgofs is mounted " + mounts.size() + " times: name one of "
                    + mounts.stream().map(Path::toString).collect(Collectors.joining(", ")));
        }
        return mounts.get(0);
    }

    private static boolean servesPrograms(Path mount) {
        String directory = System.getenv().getOrDefault(SEGMENT_DIR, SegmentDirectory.DEFAULT);
        try {
            List<String> daemon = Files.readAllLines(mount.resolve("pgo/.daemon"));
            return daemon.size() > 1 && daemon.get(1).equals(directory);
        } catch (IOException e) {
            return false; // its daemon was killed
        }
    }

    /**
     * The images that it serves.
     *
     * @return their names
     * @throws IOException if they cannot be read; the message is one line that says what to do
     */
    public List<String> images() throws IOException {
        Path path = path();
        return readable(path, path.resolve("pgo/images"), directory -> {
            try (Stream<Path> images = Files.list(directory)) {
                return images.map(image -> image.getFileName().toString())
                        .sorted()
                        .toList();
            }
        });
    }

    /**
     * Reads a file of its {@code pgo/}.
     *
     * @param name in that directory
     * @return the text
     * @throws IOException if it cannot be read; the message is one line that says what to do
     */
    public String read(String name) throws IOException {
        Path path = path();
        return readable(path, path.resolve("pgo").resolve(name), Files::readString);
    }

    /**
     * Reads a file of its {@code pgo/} that is asked for often: the daemon is asked for nothing but its bytes.
     *
     * @param name in that directory
     * @param size about how many bytes it has
     * @return the bytes, little-endian
     * @throws IOException if it cannot be read; the message is one line that says what to do
     */
    public ByteBuffer bytes(String name, int size) throws IOException {
        Path path = path();
        return readable(path, path.resolve("pgo").resolve(name), file -> {
            ByteBuffer bytes = ByteBuffer.allocate(Math.max(LEAST, size + 1)).order(ByteOrder.LITTLE_ENDIAN);
            try (FileChannel channel = FileChannel.open(file)) {
                while (channel.read(bytes) > 0) {
                    if (!bytes.hasRemaining()) {
                        bytes = ByteBuffer.allocate(2 * bytes.capacity())
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .put(bytes.flip());
                    }
                }
            }
            return bytes.flip();
        });
    }

    /** Reads something of a file. */
    private interface Reading<T> {
        T of(Path file) throws IOException;
    }

    private static <T> T readable(Path mountPoint, Path file, Reading<T> reading) throws IOException {
        try {
            Mount.require(mountPoint);
            return reading.of(file);
        } catch (AccessDeniedException e) {
            throw new IOException(
                    Files.isExecutable(mountPoint)
                            ? mountPoint + " lets only its owner read profiles: use sudo, or mount with -o uid="
                            : mountPoint + " is open to its owner alone: use sudo, or mount with -o uid= or mode=",
                    e);
        } catch (MountException e) {
            throw e;
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).endsWith(DEAD)) {
                throw new IOException(
                        "the daemon of " + mountPoint + " was killed: pgofs mount " + mountPoint
                                + " repairs it, umount " + mountPoint + " removes it",
                        e);
            }
            throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
