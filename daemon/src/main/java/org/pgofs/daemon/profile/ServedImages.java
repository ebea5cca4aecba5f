package org.pgofs.daemon.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.pgofs.daemon.client.ServedMount;
import org.pgofs.daemon.json.JsonTree;

/** The images that a mount serves, and their files, as a command sees them. */
final class ServedImages {
    private final Path mountPoint;

    private ServedImages(Path mountPoint) {
        this.mountPoint = mountPoint;
    }

    /**
     * Those of the mount that is meant.
     *
     * @param named where it is, null for the only one, or the one that serves the caller's programs
     * @throws IOException if there is none, or another number of them; the message says what to do
     */
    static ServedImages of(Path named) throws IOException {
        return new ServedImages(ServedMount.of(named).pathForPrograms());
    }

    /** All images, the one that was seen last first. */
    List<ServedImage> list() throws IOException {
        Map<?, ?> status = JsonTree.object(ServedMount.of(mountPoint).read(".status.json"));
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
