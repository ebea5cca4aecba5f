package org.pgofs.daemon.profile;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.pgofs.counters.linux.MountTable;
import org.pgofs.counters.segment.SegmentDirectory;
import org.pgofs.fs.fuse.Mount;

/** A mount of pgofs, and what it serves, as a command sees it. */
final class ServedMount {
    private static final String TYPE = "fuse.pgofs";

    private final Path mountPoint;

    private ServedMount(Path mountPoint) {
        this.mountPoint = mountPoint;
    }

    /**
     * The mount that is meant.
     *
     * @param named where it is, null for the only one that there is, or that serves what programs of this caller publish
     * @throws IOException if there is none, or another number of them; the message says what to do
     */
    static ServedMount find(Path named) throws IOException {
        if (named != null) {
            Mount.require(named);
            return new ServedMount(named);
        }
        List<Path> all = all();
        if (all.size() > 1) {
            List<Path> ours = all.stream().filter(ServedMount::servesPrograms).toList();
            all = ours.isEmpty() ? all : ours;
        }
        if (all.isEmpty()) {
            throw new IOException("nothing is mounted: pgofs mount MOUNTPOINT, then start the program");
        }
        if (all.size() > 1) {
            throw new IOException("there are several mounts, "
                    + all.stream().map(Path::toString).collect(Collectors.joining(", "))
                    + ": choose one by --mount");
        }
        return new ServedMount(all.get(0));
    }

    /** Where pgofs is mounted by root: nobody else's file system is asked anything. */
    static List<Path> all() throws IOException {
        return MountTable.read().mounts().stream()
                .filter(entry -> entry.type().equals(TYPE) && entry.isServedByRoot())
                .map(entry -> Path.of(entry.mountPoint()))
                .distinct()
                .toList();
    }

    /** Whether it serves the directory in which programs publish that are started with the environment of this process. */
    private static boolean servesPrograms(Path mount) {
        String directory = System.getenv().getOrDefault("PGOFS_SEGMENT_DIR", SegmentDirectory.DEFAULT);
        try {
            List<String> daemon = Files.readAllLines(mount.resolve("pgo/.daemon"));
            return daemon.size() > 1 && daemon.get(1).equals(directory);
        } catch (IOException e) {
            return false; // its daemon was killed, or it is somebody else's
        }
    }

    /** All images, the one that was seen last first. */
    List<ServedImage> images() throws IOException {
        Map<?, ?> status;
        try {
            status = JsonTree.object(Files.readString(mountPoint.resolve("pgo/.status.json")));
        } catch (AccessDeniedException e) {
            throw new IOException(
                    mountPoint + " is open to its owner alone: use sudo, or mount with -o uid= or mode=", e);
        }
        return ((List<?>) status.get("images"))
                .stream()
                        .map(image -> ServedImage.of((Map<?, ?>) image))
                        .sorted(Comparator.comparing(ServedImage::firstSeen)
                                .thenComparing(image -> image.live().size())
                                .thenComparing(ServedImage::name)
                                .reversed())
                        .toList();
    }

    /** A file of an image. */
    Path file(ServedImage image, String name) {
        return mountPoint.resolve("pgo/images").resolve(image.name()).resolve(name);
    }

    /** Where a process's program lies, as far as that can be told; empty otherwise. */
    static String program(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe"))
                    .getFileName()
                    .toString();
        } catch (IOException e) {
            return "";
        }
    }
}
