package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pgo/take} gives each count once, or leaves it where it is. */
final class TakeIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;
    private static final int TAKES = 1000;

    private static final List<String> TOOLS = List.of(
            "cp \"$1\" \"$2\"",
            "cp -a \"$1\" \"$2\"",
            "cat \"$1\" >\"$2\"",
            "tar -C \"${1%/*}\" -c take | tar -xO >\"$2\"",
            "rsync -a \"$1\" \"$2\"",
            "dd if=\"$1\" of=\"$2\" bs=100 status=none");

    /** Programs that read a first part of the file that is their standard input, and no more. */
    private static final List<String> PARTLY = List.of(
            "dd bs=64 count=1 of=/dev/null status=none",
            "dd bs=64 count=1 of=/dev/null status=none; kill -KILL $BASHPID",
            "dd bs=64 skip=1 of=/dev/null status=none");

    @TempDir
    Path directory;

    private static Path take(PgofsMount mount) {
        return mount.root().resolve("pgo/take");
    }

    private static Path lastTake(PgofsMount mount) {
        return mount.root().resolve("pgo/last-take");
    }

    /** Takes, and returns what was taken of a function's first counter. */
    private long taken(PgofsMount mount, String tool, String function) throws IOException {
        Path copy = directory.resolve("taken");
        // rsync leaves a file alone that has the size and, to the second, the time.
        Files.deleteIfExists(copy);
        mount.shell().bash(tool, take(mount), copy).ok();
        return RawCounts.first(copy, function);
    }

    private long taken(PgofsMount mount) throws IOException {
        return taken(mount, TOOLS.get(0), "counted");
    }

    private static long left(PgofsMount mount) throws IOException {
        return RawCounts.first(mount.copy(), "counted");
    }

    @Test
    void shouldTakeEveryCountOnceWhileAProgramCountsAsFastAsItCan() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker spinning = Worker.start(mount.shell(), program)) {
            spinning.tell("spin");
            long sum = 0;
            long counted = 0;
            for (int i = 0; i < TAKES; i++) {
                if (i % 20 == 0) {
                    try (Worker shortLived = Worker.start(mount.shell(), program)) {
                        shortLived.work(i);
                        shortLived.end();
                    }
                    counted -= i;
                }
                sum += taken(mount, TOOLS.get(i % TOOLS.size()), "spun");
                counted += RawCounts.first(directory.resolve("taken"), "counted");
            }
            Path tally = directory.resolve("tally");
            spinning.tell("stop " + tally);
            sum += RawCounts.first(mount.copy(), "spun");
            assertEquals(Long.parseLong(Files.readString(tally).strip()), sum);
            assertEquals(0, counted, "of processes that ended meanwhile");
        }
    }

    @Test
    void shouldTakeNothingWhenTheReaderDoesNotReadAll() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(5);
            for (String tool : PARTLY) {
                mount.shell()
                        .bash("(" + tool + ") <\"$1\" || true", take(mount))
                        .ok();
                assertEquals(5, left(mount), tool);
                assertEquals(0, Files.size(lastTake(mount)), tool);
                awaitNoTake(mount);
            }
            worker.work(1);
            assertEquals(6, taken(mount));
            assertEquals(0, left(mount));
        }
    }

    /** The kernel tells a moment after the reader's end that the file was closed. */
    private static void awaitNoTake(PgofsMount mount) {
        Await.until(
                "no take is in progress",
                () -> mount.shell().bash("exec 3<\"$1\"", take(mount)).status() == 0);
    }

    @Test
    void shouldTakeNothingOfALargeProfileThatWasCutOff() throws Exception {
        Path program = TOOLCHAIN.instrumented(
                directory.resolve("translate"), Checkout.SOURCES.resolve("c/translate.c"), "-O0");
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().bash("seq 77 >in; \"$1\" in out", program).ok();
            String first = mount.shell()
                    .bash("set +o pipefail; cat \"$1\" | head -c 150000 | wc -c", take(mount))
                    .ok()
                    .output();
            assertEquals("150000", first.strip());
            awaitNoTake(mount);
            try (SmallTmpfs small = new SmallTmpfs()) {
                Shell.Result full = mount.shell()
                        .run("cp", take(mount).toString(), small.path().toString());
                assertTrue(full.errors().contains("No space left on device"), full::toString);
            }
            awaitNoTake(mount);
            assertEquals(0, Files.size(lastTake(mount)));
            assertEquals(77, taken(mount, TOOLS.get(0), "line_counted"));
            assertArrayEquals(
                    Files.readAllBytes(directory.resolve("taken")), Files.readAllBytes(lastTake(mount)), "last-take");
        }
    }

    @Test
    void shouldKeepWhatWasTakenWhereTheDestinationWasFull() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program);
                SmallTmpfs small = new SmallTmpfs()) {
            worker.work(5);
            Files.write(small.path().resolve("filler"), new byte[SmallTmpfs.SIZE]);
            Shell.Result full =
                    mount.shell().run("cp", take(mount).toString(), small.path().toString());
            assertTrue(full.errors().contains("No space left on device"), full::toString);
            worker.work(1);
            assertEquals(1, left(mount), "all of it had been read");
            Path copy = directory.resolve("recovered");
            mount.shell().bash("cp \"$1\" \"$2\"", lastTake(mount), copy).ok();
            assertEquals(5, Profile.of(TOOLCHAIN, copy).calls("counted"));
        }
    }

    /** A file system of one page. */
    private final class SmallTmpfs implements AutoCloseable {
        static final int SIZE = 4096;
        private final Path path;

        SmallTmpfs() throws IOException {
            path = Files.createDirectory(directory.resolve("small"));
            String size = "size=" + SIZE;
            Shell.in(directory)
                    .run("mount", "-t", "tmpfs", "-o", size, "small", path.toString())
                    .ok();
        }

        Path path() {
            return path;
        }

        @Override
        public void close() {
            Shell.in(directory).run("umount", path.toString()).ok();
        }
    }

    @Test
    void shouldFailAndTakeNothingAfterAReset() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(5);
            Shell.Result cut = mount.shell()
                    .bash(
                            "exec 3<\"$1/take\"; dd bs=64 count=1 of=/dev/null status=none <&3; echo 1 >\"$1/reset\";"
                                    + " cat <&3 >rest",
                            mount.root().resolve("pgo"));
            assertTrue(cut.errors().contains("Input/output error"), cut::toString);
            assertEquals(0, Files.size(lastTake(mount)));
            awaitNoTake(mount);
            worker.work(7);
            assertEquals(7, taken(mount));
        }
    }

    @Test
    void shouldLetOnlyOneTakeAtATime() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(5);
            String script = "exec 3<\"$1\"; (exec 4<\"$1\"; dd bs=64 count=1 status=none <&3 >first; ! cat <&4);"
                    + " ! cat \"$1\" && cat <&3 >>first";
            Shell.Result result = mount.shell().bash(script, take(mount)).ok();
            List<String> errors = result.errors().lines().toList();
            assertEquals(2, errors.size(), result::toString);
            errors.forEach(error -> assertTrue(error.contains("Device or resource busy"), error));
            assertEquals("", result.output());
            assertEquals(5, RawCounts.first(directory.resolve("first"), "counted"));
            assertEquals(0, left(mount));
        }
    }

    @Test
    void shouldTakeOneImageAlone() throws Exception {
        Path program = TOOLCHAIN.workerWithLibrary(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(5);
            worker.tell("library 3");
            Path library = image(mount, "liblibrary.so-");
            Path copy = directory.resolve("library");
            mount.shell().bash("cp \"$1/take\" \"$2\"", library, copy).ok();
            assertEquals(3, RawCounts.first(copy, "library_counted"));
            assertArrayEquals(Files.readAllBytes(copy), Files.readAllBytes(library.resolve("last-take")));
            assertEquals(0, Files.size(lastTake(mount)));
            assertEquals(0, RawCounts.first(mount.copy(), "library_counted"));
            assertEquals(5, left(mount));

            worker.tell("library 4");
            assertEquals(5, taken(mount));
            assertEquals(4, RawCounts.first(directory.resolve("taken"), "library_counted"));
            assertArrayEquals(Files.readAllBytes(copy), Files.readAllBytes(library.resolve("last-take")));
        }
    }

    private static Path image(PgofsMount mount, String prefix) throws IOException {
        try (Stream<Path> images = Files.list(mount.root().resolve("pgo/images"))) {
            return images.filter(image -> image.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void shouldNotTakeWhenTheWholeMountIsCopied() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(5);
            Path copy = directory.resolve("whole");
            mount.shell()
                    .bash("cp -a \"$1\" \"$2\"; tar -C \"$1\" -c . | tar -t; du -a \"$1\"", mount.root(), copy)
                    .ok();
            try (Stream<Path> files = Files.walk(copy)) {
                assertFalse(files.anyMatch(file -> file.toString().endsWith("take")));
            }
            assertEquals(0, Files.size(lastTake(mount)));
            assertEquals(5, left(mount));
        }
    }

    @Test
    void shouldKeepTakesWhenTheDaemonIsKilled() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program);
                Worker ended = Worker.start(mount.shell(), program)) {
            worker.work(5);
            ended.work(100);
            ended.end();
            assertEquals(105, taken(mount));
            byte[] taken = Files.readAllBytes(directory.resolve("taken"));
            worker.work(2);
            mount.killDaemon();
            worker.work(1);
            mount.startDaemon();
            assertArrayEquals(taken, Files.readAllBytes(lastTake(mount)));
            assertEquals(3, left(mount));
            assertEquals(3, taken(mount));

            worker.work(4);
            Process reader = mount.shell()
                    .command("bash", "-c", "dd bs=64 count=1 status=none; read -r; cat", "reader")
                    .redirectInput(take(mount).toFile())
                    .start();
            assertEquals(64, reader.getInputStream().readNBytes(64).length);
            mount.killDaemon();
            reader.destroyForcibly().waitFor();
            mount.startDaemon();
            assertEquals(4, left(mount), "a take that was cut off by the daemon's end");
            assertEquals(4, taken(mount));
        }
    }
}
