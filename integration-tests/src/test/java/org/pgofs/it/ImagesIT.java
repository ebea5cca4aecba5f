package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several images at once. */
final class ImagesIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldServeAnExecutableAndItsLibraryInOneFile(Toolchain toolchain) throws Exception {
        Path program = toolchain.workerWithLibrary(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(3);
            worker.tell("library 4");

            Profile profile = mount.profile(toolchain);
            assertEquals(3, profile.calls("counted"));
            assertEquals(4, profile.calls("library_counted"));
            assertEquals(0, profile.calls("untouched"));

            Path merged = directory.resolve("merged.profdata");
            Shell.in(directory)
                    .run(
                            toolchain.profdata(),
                            "merge",
                            "-o",
                            merged.toString(),
                            mount.copy().toString())
                    .ok();
            assertEquals(
                    profile.counts().keySet(),
                    Profile.of(toolchain, merged).counts().keySet());
        }
    }

    @Test
    void shouldServeAndResetEachImageByItself() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path program = toolchain.workerWithLibrary(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(3);
            worker.tell("library 4");

            Path library = imageDirectory(mount, "liblibrary.so-");
            Profile alone = Profile.of(toolchain, library.resolve("profraw"));
            assertEquals(4, alone.calls("library_counted"));
            assertEquals(-1, alone.calls("counted"), "another image's function");

            Shell.in(directory).bash("echo 1 >\"$1\"", library.resolve("reset")).ok();
            Profile profile = mount.profile(toolchain);
            assertEquals(3, profile.calls("counted"));
            assertEquals(0, profile.calls("library_counted"));
        }
    }

    /** Equal bytes: the same image, wherever it lies. Other bytes: another image, though the name is the same. */
    @Test
    void shouldTellImagesByTheirContent() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path first = toolchain.worker(Files.createDirectory(directory.resolve("a")));
        Path copied =
                Files.copy(first, Files.createDirectory(directory.resolve("b")).resolve("worker14"));
        Path other = Files.createDirectory(directory.resolve("c")).resolve("worker14");
        toolchain.instrumented(
                other,
                "-DWITH_LIBRARY",
                Checkout.SOURCES.resolve("c/worker.c"),
                Checkout.SOURCES.resolve("c/library.c"),
                "-pthread");
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker one = Worker.start(mount.shell(), first);
                Worker two = Worker.start(mount.shell(), copied);
                Worker three = Worker.start(mount.shell(), other)) {
            one.work(1);
            two.work(2);
            three.work(4);
            List<Path> images = images(mount);
            assertEquals(2, images.size(), images::toString);
            List<Long> calls = images.stream()
                    .map(image ->
                            Profile.of(toolchain, image.resolve("profraw")).calls("counted"))
                    .sorted()
                    .toList();
            assertEquals(List.of(3L, 4L), calls);
        }
    }

    /** What was made of an image that is forgotten would stay in the memory that bounds are there for. */
    @Test
    void shouldHoldNothingOfImagesThatAreForgotten() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            Path log = directory.resolve("log");
            mount.startDaemonBy(List.of("bash", "-c", "exec \"$@\" >" + log, "bash"), "--user-limits", "images=2");
            for (int i = 0; i < 6; i++) {
                Path program = toolchain.instrumented(
                        directory.resolve("program" + i),
                        "-Wl,--build-id=0x0" + i,
                        Checkout.SOURCES.resolve("c/worker.c"),
                        "-pthread");
                try (Worker worker = Worker.start(mount.shell(), program)) {
                    worker.work(3);
                    assertEquals(3, mount.profile(toolchain).calls("counted"));
                    assertTrue(images(mount).size() <= 2);
                }
                Await.until("it has ended", () -> mount.status().toString().contains("live_processes=[]"));
                mount.reset();
            }
            try (Worker worker = Worker.start(mount.shell(), directory.resolve("program5"))) {
                worker.work(3);
                mount.copy();
                assertFewObjects(mount.daemon().pid(), log);
            }
        }
    }

    private void assertFewObjects(long pid, Path log) throws IOException {
        Shell.in(directory).run("kill", "-QUIT", Long.toString(pid)).ok();
        Await.until("all objects are counted", () -> text(log).lines().anyMatch(line -> line.startsWith("Total ")));
        String objects = text(log);
        for (String type : List.of("counters.image.StoredImage", "profraw.RawProfile", "daemon.ResetFile")) {
            String line = objects.lines()
                    .filter(each -> each.endsWith(" org.pgofs." + type))
                    .findFirst()
                    .orElse("none");
            assertTrue(line.matches(" *\\d+: +[1-3] .*"), line);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path imageDirectory(PgofsMount mount, String prefix) throws IOException {
        List<Path> found = images(mount).stream()
                .filter(image -> image.getFileName().toString().startsWith(prefix))
                .toList();
        assertEquals(1, found.size(), () -> prefix + " in " + found);
        assertTrue(found.get(0).getFileName().toString().matches(".*-[0-9a-f]{8}"), found::toString);
        return found.get(0);
    }

    private static List<Path> images(PgofsMount mount) throws IOException {
        try (Stream<Path> images = Files.list(mount.root().resolve("pgo/images"))) {
            return images.toList();
        }
    }
}
