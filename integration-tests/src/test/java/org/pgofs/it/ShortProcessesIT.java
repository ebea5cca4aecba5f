package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A build that runs an instrumented program for every file. How much is in the directory at a moment depends on how busy the
 * machine is; what the daemon leaves there when it has done all that it has found does not.
 */
final class ShortProcessesIT {
    private static final int PROCESSES = 2000;
    private static final long BOUND = 64 << 20;

    @TempDir
    Path directory;

    @Test
    void shouldCountEveryProcessOfABuildInBoundedSpace() throws Exception {
        Toolchain.DEFAULT.instrumented(
                directory.resolve("translate"), Checkout.SOURCES.resolve("c/translate.c"), "-O0");
        long lines = writeProject();
        // Until then it has another image file.
        Await.until("the program has not changed lately", () -> age(directory.resolve("translate")) > 4000);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Process make = mount.shell()
                    .command("make", "-s", "-j2")
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            long image = 0;
            long segment = 0;
            while (!make.waitFor(5, TimeUnit.MILLISECONDS)) {
                Map<String, Long> files = files(mount.segments());
                image = Math.max(image, sizes(files, "i-").max().orElse(0));
                segment = Math.max(segment, sizes(files, "s-").max().orElse(0));
            }
            assertEquals(0, make.exitValue());

            assertEquals(lines, mount.profile(Toolchain.DEFAULT).calls("line_counted"));
            Await.until("the segments are gone", () -> files(mount.segments()).keySet().stream()
                    .noneMatch(name -> name.startsWith("s-") || name.startsWith("t-")));
            assertEquals(image, sizes(files(mount.segments()), "i-").sum(), "one image file");

            assertTrue(segment * PROCESSES > 2 * BOUND, "all segments together pass the bound");
            Map<?, ?> backlog = (Map<?, ?>) mount.status().get("backlog");
            assertEquals(0L, backlog.get("segments"));
            long left = (Long) backlog.get("most_bytes_left");
            assertTrue(left <= BOUND, left + " bytes were left of ended programs, more than " + BOUND);
            long files = sizes(files(mount.segments()), "").sum();
            assertTrue(files <= 3 * image + BOUND, files + " bytes are in the directory");
        }
    }

    /** Four at a time, with the bounds that there are if none are given. */
    @Test
    @EnabledIfSystemProperty(named = "pgofs.full", matches = "true")
    void shouldCountTenThousandProcesses() throws Exception {
        Path program =
                Toolchain.DEFAULT.instrumented(directory.resolve("burst"), Checkout.SOURCES.resolve("c/burst.c"));
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell()
                    .patient()
                    .bash("seq 10000 | xargs -P 4 -I '{}' \"$1\" exit 3", program)
                    .ok();
            assertEquals(30000, mount.profile(Toolchain.DEFAULT).calls("counted"));
            Await.until("all have ended", () -> ended(mount) == 10000);
            assertEquals(30000, mount.profile(Toolchain.DEFAULT).calls("counted"));
            for (String none : List.of("over_bounds", "dropped", "attention")) {
                assertEquals(List.of(), mount.status().get(none), none);
            }
            assertEquals(Map.of(), mount.status().get("refused"));
            assertEquals(1, sizes(files(mount.segments()), "i-").count(), "image files");
            Await.until(
                    "the segments are gone",
                    () -> sizes(files(mount.segments()), "s-").count() == 0);
        }
    }

    private static long ended(PgofsMount mount) {
        return (Long) ((Map<?, ?>) ((List<?>) mount.status().get("images")).get(0)).get("ended_processes");
    }

    /** Writes a Makefile and its sources; returns the number of lines to translate. */
    private long writeProject() throws IOException {
        StringBuilder rules = new StringBuilder("all: $(shell seq -f %g.out 1 " + PROCESSES + ")\n");
        long lines = 0;
        for (int i = 1; i <= PROCESSES; i++) {
            rules.append("%d.out: ; @./translate %d.in $@\n".formatted(i, i % 7));
            lines += i % 7;
        }
        for (int i = 0; i < 7; i++) {
            Files.writeString(directory.resolve(i + ".in"), "a line\n".repeat(i));
        }
        Files.writeString(directory.resolve("Makefile"), rules);
        return lines;
    }

    /** Since the last change of a file, in ms. */
    private static long age(Path file) {
        try {
            return System.currentTimeMillis() - ((FileTime) Files.getAttribute(file, "unix:ctime")).toMillis();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sizes of all files, those of the daemon included, by name. */
    private static Map<String, Long> files(Path segments) {
        Map<String, Long> sizes = new HashMap<>();
        for (Path directory : List.of(segments, segments.resolve(".state"))) {
            // A list of names: unlike a walk it does not mind files that go meanwhile.
            for (String name : Objects.requireNonNull(directory.toFile().list())) {
                sizes.put(name, directory.resolve(name).toFile().length());
            }
        }
        return sizes;
    }

    private static LongStream sizes(Map<String, Long> files, String prefix) {
        return files.entrySet().stream()
                .filter(file -> file.getKey().startsWith(prefix))
                .mapToLong(Map.Entry::getValue);
    }
}
