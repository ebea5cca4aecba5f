package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * However a program is instrumented: what the compiler's tools say of its profile is what they say of one by the
 * compiler's own runtime. All programs are served by one mount, side by side.
 */
final class VariantsIT {
    private static final String NUMBERS = "1 2 5 8 3 10 7";

    @TempDir
    static Path directory;

    private static PgofsMount mount;

    @BeforeAll
    static void start() throws IOException {
        mount = PgofsMount.start(directory);
    }

    @AfterAll
    static void stop() {
        mount.close();
    }

    @ParameterizedTest
    @MethodSource("org.pgofs.it.Instrumentation#tested")
    void shouldBeAsGoodAsTheCompilersRuntime(Instrumentation way) throws Exception {
        Path work = Files.createTempDirectory(directory, "way");
        Path stock = way.stock(work.resolve("stock"));
        Path program = way.instrumented(work.resolve("p" + work.getFileName()));
        String nothing = way.show(stock, way.stockProfile(stock, work.resolve("nothing.profraw"), ""), true);
        String expected = way.show(stock, way.stockProfile(stock, work.resolve("stock.profraw"), NUMBERS), true);
        String eight = way.show(stock, way.stockProfile(stock, work.resolve("eight.profraw"), "8"), true);
        String merged = way.show(stock, work.resolve("stock.profraw"), false);
        assertNotEquals(nothing, expected);
        assertNotEquals(eight, expected);

        try (Worker worker = Worker.start(mount.shell(), program)) {
            Path image = image(program);
            assertEquals(nothing, show(way, program, image.resolve("profraw"), true));
            worker.tell("work " + NUMBERS);
            assertEquals(expected, show(way, program, image.resolve("profraw"), true));
            assertEquals(expected, showIndexed(way, program, image.resolve("profdata")), "indexed");

            reset(image);
            assertEquals(nothing, show(way, program, image.resolve("profraw"), true), "after a reset");
            worker.tell("work 1 2");
            worker.tell("fork 5");
            endedAndKilled(program);
            assertEquals(merged, show(way, program, image.resolve("profraw"), false), "of five processes");

            assertEquals(merged, show(way, program, image.resolve("take"), false), "taken");
            assertEquals(nothing, show(way, program, image.resolve("profraw"), true), "after a take");
            worker.tell("work 8");
            assertEquals(eight, show(way, program, image.resolve("profraw"), true), "what came after a take");
            assertEquals(merged, show(way, program, image.resolve("last-take"), false));

            assertTrue(Files.exists(mount.root().resolve("pgo").resolve(way.file())), way.file());
        }
    }

    private static void endedAndKilled(Path program) throws Exception {
        try (Worker ended = Worker.start(mount.shell(), program);
                Worker killed = Worker.start(mount.shell(), program)) {
            ended.tell("work 8 3");
            killed.tell("work 10");
            killed.tell("fork 7");
            killed.kill();
            ended.end();
        }
    }

    private static String show(Instrumentation way, Path program, Path file, boolean withTimes) {
        Path copy = program.resolveSibling("copy.profraw");
        mount.shell().run("cp", file.toString(), copy.toString()).ok();
        return way.show(program, copy, withTimes)
                .replace(program.toString(), program.resolveSibling("stock").toString());
    }

    private static String showIndexed(Instrumentation way, Path program, Path file) {
        Path copy = program.resolveSibling("copy.profdata");
        mount.shell().run("cp", file.toString(), copy.toString()).ok();
        return way.showIndexed(program, copy, true)
                .replace(program.toString(), program.resolveSibling("stock").toString());
    }

    private static Path image(Path program) throws IOException {
        try (Stream<Path> images = Files.list(mount.root().resolve("pgo/images"))) {
            List<Path> found = images.filter(
                            image -> image.getFileName().toString().startsWith(program.getFileName() + "-"))
                    .toList();
            assertEquals(1, found.size(), found::toString);
            return found.get(0);
        }
    }

    private static void reset(Path image) {
        Shell.in(directory).bash("echo 1 >\"$1\"", image.resolve("reset")).ok();
    }

    @Test
    void shouldKeepVariantsApart(@TempDir Path own) throws Exception {
        Instrumentation coverage = Instrumentation.coverage(new Toolchain(19));
        Instrumentation plain = Instrumentation.plain(new Toolchain(19));
        Path covered = coverage.instrumented(own.resolve("covered"));
        Path counted = plain.instrumented(own.resolve("counted"));
        try (PgofsMount apart = PgofsMount.start(own)) {
            Path pgo = apart.root().resolve("pgo");
            apart.shell().bash("echo work 2 | \"$1\"", covered).ok();
            assertEquals(Files.size(pgo.resolve("coverage.profraw")), Files.size(pgo.resolve("profraw")), "alone");
            assertEquals(1, calls(apart, "profraw", "even"));
            assertEquals(Map.of(), apart.status().get("not_in_profraw"));

            apart.shell().bash("echo work 2 4 6 | \"$1\"", counted).ok();
            assertEquals(3, calls(apart, "profraw", "even"));
            assertEquals(1, calls(apart, "coverage.profraw", "even"));
            assertEquals(Map.of("coverage.profraw", 1L), apart.status().get("not_in_profraw"));
            String said = Files.readString(pgo.resolve("status"));
            assertTrue(said.contains("\nnot in profraw: 1 images, they are in coverage.profraw\n"), said);
            assertTrue(Profile.show(new Toolchain(19), pgo.resolve("profraw")).contains("Instrumentation level: IR"));
            assertTrue(Profile.show(new Toolchain(19), pgo.resolve("coverage.profraw"))
                    .contains("Instrumentation level: Front-end"));

            String status = Shell.in(own)
                    .run(
                            Checkout.PGOFS.toString(),
                            "status",
                            "--json",
                            apart.root().toString())
                    .ok()
                    .output();
            assertTrue(status.contains("\"variant\" : \"coverage\""), status);
            assertTrue(status.contains("\"variant\" : \"\""), status);

            assertFalse(Files.exists(pgo.resolve("csir.profraw")));
            apart.reset();
            assertFalse(Files.exists(pgo.resolve("coverage.profraw")));
            apart.shell().bash("echo work 2 4 | \"$1\"", counted).ok();
            assertEquals(2, calls(apart, "profraw", "even"));
            apart.shell().bash("echo work 2 | \"$1\"", covered).ok();
            assertEquals(1, calls(apart, "coverage.profraw", "even"));
        }
    }

    private static long calls(PgofsMount mount, String file, String function) throws IOException {
        String text =
                Profile.show(new Toolchain(19), mount.root().resolve("pgo").resolve(file));
        String counts = text.replaceFirst(
                "(?s).*\n  \\S*" + function + ":\n.*?(?:Function count|Block counts): \\[?(\\d+).*", "$1");
        return Long.parseLong(counts);
    }
}
