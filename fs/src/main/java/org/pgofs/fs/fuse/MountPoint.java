package org.pgofs.fs.fuse;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.MountTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sure that a mount can be made, or says why not. */
final class MountPoint {
    static final String TYPE = "fuse.pgofs";
    private static final Path FUSE_DEVICE = Path.of("/dev/fuse");
    private static final Logger LOG = LoggerFactory.getLogger(MountPoint.class);

    private final Path path;

    private MountPoint(Path path) {
        this.path = path;
    }

    /**
     * Checks a mount point, and detaches what a killed process left there.
     *
     * @return its path as the mount table has it
     * @throws MountException if nothing can be mounted there
     */
    static Path prepare(Path mountPoint) throws IOException {
        if (!Linux.isRoot()) {
            throw new MountException("only root can mount: use sudo, or pgofs shell");
        }
        checkDevice(FUSE_DEVICE);
        MountPoint point = new MountPoint(real(mountPoint));
        point.repair();
        point.checkDirectory();
        return point.path;
    }

    /** Without native code, whose loading would take most of a small command's time. */
    static void require(Path mountPoint) throws IOException {
        Path path;
        try {
            path = real(mountPoint);
        } catch (MountException e) {
            throw e.getCause() instanceof AccessDeniedException denied ? denied : notOurs(mountPoint, e);
        }
        if (at(path).isEmpty()) {
            throw notOurs(mountPoint, null);
        }
    }

    /** Without native code. A mount that is seen at several paths is one, at the oldest of them. */
    static List<Path> all() throws IOException {
        Map<String, Path> paths = new LinkedHashMap<>();
        MountTable.read().visible().stream()
                .filter(MountPoint::isOurs)
                .forEach(entry -> paths.putIfAbsent(entry.device(), Path.of(entry.mountPoint())));
        return List.copyOf(paths.values());
    }

    private static MountException notOurs(Path mountPoint, Throwable cause) {
        return new MountException(mountPoint + " is not a mount point of pgofs: see pgofs mount --help", cause);
    }

    static void checkDevice(Path device) throws MountException {
        if (!Files.exists(device)) {
            throw new MountException("there is no " + device + ": load the kernel's fuse module (modprobe fuse),"
                    + " or let the container have the device");
        }
    }

    /**
     * The real path, made without asking the mount point itself: that of a dead mount does not answer. Nothing is
     * normalized, since the kernel goes up from where a link leads.
     */
    private static Path real(Path mountPoint) throws MountException {
        Path absolute = mountPoint.toAbsolutePath();
        try {
            Path name = absolute.getFileName();
            if (name == null || isDots(name) || Files.isSymbolicLink(absolute)) {
                return absolute.toRealPath();
            }
            return absolute.getParent().toRealPath().resolve(name);
        } catch (IOException e) {
            throw missing(mountPoint, e);
        }
    }

    private static boolean isDots(Path name) {
        return name.equals(Path.of(".")) || name.equals(Path.of(".."));
    }

    /** What several killed processes left lies one on another. */
    private void repair() throws IOException {
        Optional<MountTable.Entry> mounted = at(path);
        while (mounted.isPresent()) {
            if (!Linux.isWithoutServer(path)) {
                throw new MountException(path + " is already mounted: unmount it first (pgofs umount " + path + ")");
            }
            LOG.warn("{} is the mount of a process that died: detaching it", path);
            Linux.unmount(path.toString(), false);
            mounted = at(path);
        }
    }

    /** Any user may mount something that has the type. */
    static boolean isOurs(MountTable.Entry mount) {
        return mount.type().equals(TYPE) && mount.isServedByRoot();
    }

    private static Optional<MountTable.Entry> at(Path path) throws IOException {
        return MountTable.read().at(path).filter(MountPoint::isOurs);
    }

    private void checkDirectory() throws IOException {
        if (!Files.exists(path)) {
            throw missing(path, null);
        }
        if (!Files.isDirectory(path)) {
            throw new MountException(path + " is not a directory: give an empty one");
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
            if (children.iterator().hasNext()) {
                throw new MountException(path + " is not empty: give an empty directory");
            }
        }
    }

    private static MountException missing(Path mountPoint, Throwable cause) {
        return new MountException(mountPoint + " does not exist: create it first (mkdir -p " + mountPoint + ")", cause);
    }
}
