package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
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
            Path status = Path.of("/proc/" + mount.daemon().pid() + "/status");
            // The most that it ever had: where the machine is busy, it may have returned memory between two of these
            // reads.
            Await.until(
                    "its memory is returned",
                    () -> kibibytes(status, "VmRSS:") < kibibytes(status, "VmHWM:") - 12 * MEGABYTE);
        }
    }

    private static long kibibytes(Path status, String field) {
        try (Stream<String> lines = Files.lines(status, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
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
