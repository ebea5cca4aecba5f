package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The work for an image does not grow with the number of the others. */
final class ManyImagesIT {
    private static final int FEW = 200;
    private static final int MANY = 2000;

    @TempDir
    Path directory;

    @Test
    void shouldCopyEachOfManyImagesWithTheWorkOfAFew() throws Exception {
        long few = readsOfACopy("few", FEW) / FEW;
        long many = readsOfACopy("many", MANY) / MANY;
        assertTrue(many < 2 * few, many + " reads for each of " + MANY + " images, " + few + " of " + FEW);
    }

    /** How many requests the daemon reads, and how many pieces of counters, for one recursive copy. */
    private long readsOfACopy(String name, int images) throws Exception {
        Path own = Files.createDirectory(directory.resolve(name));
        try (PgofsMount mount = PgofsMount.prepare(own);
                PublishedImages published = PublishedImages.start(mount, images)) {
            mount.startDaemon();
            Path copy = own.resolve("copy");
            long before = reads(mount.daemon());
            Shell.in(own)
                    .run("cp", "-a", mount.root().resolve("pgo").toString(), copy.toString())
                    .ok();
            long reads = reads(mount.daemon()) - before;
            assertEquals(published.count(), statuses(copy).lines().count());
            assertEquals(statuses(copy), statuses(mount.root().resolve("pgo")));
            return reads;
        }
    }

    /** The sizes that a stat tells of the status files. */
    private String statuses(Path pgo) {
        return Shell.in(directory)
                .bash("cd \"$1\"; find images -name status -printf '%p %s\\n' | sort", pgo)
                .ok()
                .output();
    }

    private static long reads(Process daemon) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + daemon.pid() + "/io")).stream()
                .filter(line -> line.startsWith("syscr: "))
                .mapToLong(line -> Long.parseLong(line.substring("syscr: ".length())))
                .sum();
    }
}
