package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Libraries that come and go while programs run. */
final class PluginsIT {
    private static final int ROUNDS = 1000;

    /** Two by dlmopen, one in the child of a fork. */
    private static final int MORE_ROUNDS = 3;

    private static final int CALLS_A_ROUND = 30;

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldCountInLibrariesThatAreOpenedAndClosed(Toolchain toolchain) throws Exception {
        Path opened = library(toolchain, "opened", 1);
        Path staying = library(toolchain, "staying", 2);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Path program = program(toolchain, "program");
            String[] output = run(mount, program, ROUNDS, opened, staying);
            long stayed = CALLS_A_ROUND * Long.parseLong(output[0]);

            assertEquals(Long.parseLong(output[1]), mount.profile(toolchain).calls("counted"));
            assertCalls(toolchain, mount, "libopened.so", CALLS_A_ROUND * (ROUNDS + MORE_ROUNDS));
            assertCalls(toolchain, mount, "libstaying.so", stayed);
            assertEquals(3, images(mount).size(), () -> "one image each: " + images(mount));
            Await.until(
                    "no segment is left", () -> files(mount.segments(), "s-").isEmpty());
        }
    }

    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldTellLibrariesByWhatTheyAre(Toolchain toolchain) throws Exception {
        Path library = library(toolchain, "opened", 1);
        Path staying = library(toolchain, "staying", 2);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            run(mount, program(toolchain, "one"), 1, library, staying);
            run(mount, program(toolchain, "other", "-DOTHER", "-O1"), 1, library, staying);
            assertCalls(toolchain, mount, "libopened.so", 2L * CALLS_A_ROUND * (1 + MORE_ROUNDS));
            assertEquals(4, images(mount).size(), () -> "two programs, two libraries: " + images(mount));

            run(mount, directory.resolve("one"), 1, library(toolchain, "opened", 3), staying);
            assertEquals(5, images(mount).size(), () -> "another build of one: " + images(mount));
            assertEquals(
                    2,
                    images(mount).stream()
                            .filter(name -> name.startsWith("libopened.so-"))
                            .count());
        }
    }

    private Path library(Toolchain toolchain, String name, int build) {
        return toolchain.instrumented(
                directory.resolve("lib" + name + ".so"),
                "-shared",
                "-fPIC",
                "-DBUILD=" + build,
                Checkout.SOURCES.resolve("c/plugin.c"));
    }

    private Path program(Toolchain toolchain, String name, Object... flags) {
        Object[] all = Stream.concat(
                        Stream.of(Checkout.SOURCES.resolve("c/plugins.c"), "-pthread", "-ldl"), Stream.of(flags))
                .toArray();
        return toolchain.instrumented(directory.resolve(name), all);
    }

    private static String[] run(PgofsMount mount, Path program, int rounds, Path opened, Path staying) {
        return mount.shell()
                .run(program.toString(), Integer.toString(rounds), opened.toString(), staying.toString())
                .ok()
                .output()
                .strip()
                .split(" ", -1);
    }

    /** Counters and call targets of all times that a library was open, wherever it lay, are one. */
    private static void assertCalls(Toolchain toolchain, PgofsMount mount, String library, long calls) {
        String image = images(mount).stream()
                .filter(name -> name.startsWith(library + "-"))
                .reduce((a, b) -> {
                    throw new AssertionError("two images: " + a + ", " + b);
                })
                .orElseThrow();
        String show = Shell.in(Checkout.ROOT)
                .run(
                        toolchain.profdata(),
                        "show",
                        "--all-functions",
                        "--counts",
                        "--ic-targets",
                        mount.root()
                                .resolve("pgo/images")
                                .resolve(image)
                                .resolve("profraw")
                                .toString())
                .ok()
                .output();
        for (String function : List.of("first", "second", "third")) {
            String target = "(?s).*\\[ +0, \\S+[:;]%s, +%d ].*".formatted(function, calls / 3);
            assertTrue(show.matches(target), function + " " + calls / 3 + "\n" + show);
            String counts = "(?s).*[:;]%s:\n    Hash: \\S+\n    Counters: 1\n[^\\[]*\\[%d].*";
            assertTrue(show.matches(counts.formatted(function, calls / 3)), function + "\n" + show);
        }
    }

    private static List<String> images(PgofsMount mount) {
        return files(mount.root().resolve("pgo/images"), "");
    }

    private static List<String> files(Path directory, String prefix) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(prefix))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
