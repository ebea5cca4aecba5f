package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon leaves of a machine to others, and what it does not do again at each start. */
final class FootprintIT {
    private static final long MEGABYTE = 1024;

    @TempDir
    Path directory;

    @Test
    void shouldReturnMemoryWhenThereIsNothingToDo() throws IOException {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Shell.in(directory)
                    .bash("for ((i = 0; i < 200; i++)); do read -r _ <mnt/pgo/.status.json; done")
                    .ok();
            long busy = resident(mount);
            assertTrue(busy > 70 * MEGABYTE, busy + " KiB");
            Await.until("its memory is returned", () -> resident(mount) < busy - 12 * MEGABYTE);
        }
    }

    private static long resident(PgofsMount mount) {
        try {
            return DaemonSample.of(mount).residentKib();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With the archive of another Java or another place, the JVM would use none, and start half a second later. */
    @Test
    void shouldUseTheArchiveOfClassesOfItsJavaAndPlaceAlone() throws IOException {
        assertEquals(1, archives(Checkout.PGOFS.toString()));

        Path copy = directory.resolve("pgofs");
        Shell.in(directory)
                .run("cp", "-a", Checkout.PGOFS.getParent().getParent().toString(), copy.toString())
                .ok();
        assertEquals(0, archives("pgofs/bin/pgofs"), "in another place");

        Shell.in(directory).run("pgofs/bin/pgofs", "--make-archive").ok();
        assertEquals(1, archives("pgofs/bin/pgofs"));

        Path maker = copy.resolve("lib/pgofs.jsa.maker");
        String made = Files.readString(maker);
        Files.writeString(maker, made.replaceFirst("JAVA_VERSION=\"", "$0" + "9."));
        assertEquals(0, archives("pgofs/bin/pgofs"), "its Java was updated");
    }

    private long archives(String pgofs) {
        Shell.Result result =
                Shell.in(directory).run("bash", "-px", pgofs, "--version").ok();
        return result.errors()
                .lines()
                .filter(line -> line.startsWith("+ exec ") && line.contains("-XX:SharedArchiveFile="))
                .count();
    }
}
