package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pgofs add}: what the compiler's own runtime wrote counts as if its program had published. */
final class AddIT {
    private static final Path GOLDEN = Checkout.ROOT.resolve("profraw-writer/src/test/resources/golden");
    private static final List<Integer> VERSIONS = List.of(5, 7, 8, 9, 10, 11);

    @TempDir
    Path directory;

    private static Shell.Result add(PgofsMount mount, Path... files) {
        List<String> command = new ArrayList<>(List.of(Checkout.PGOFS.toString(), "add"));
        Arrays.stream(files).map(Path::toString).forEach(command::add);
        command.add(mount.root().toString());
        return mount.shell().run(command.toArray(String[]::new));
    }

    private Path program(Toolchain toolchain, String name, Object... options) {
        List<Object> arguments = new ArrayList<>(List.of("-fprofile-generate", "-xc++"));
        arguments.add(Checkout.SOURCES.resolve("c/stock.cc"));
        arguments.addAll(List.of("-xnone", "-lstdc++"));
        arguments.addAll(List.of(options));
        return toolchain.clang(directory.resolve(name), arguments.toArray());
    }

    private Worker start(Path program, Path profile) throws IOException {
        return Worker.start(Shell.in(directory).with("LLVM_PROFILE_FILE", profile.toString()), program);
    }

    @Test
    void shouldTakeInWhatProgramsWrote() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            for (int version : List.of(14, 19, 22)) {
                Toolchain toolchain = new Toolchain(version);
                Path profile = directory.resolve("program" + version + ".profraw");
                try (Worker worker = start(program(toolchain, "program" + version), profile)) {
                    worker.work(1000);
                    worker.end();
                }
                add(mount, profile).ok();
                StockComparison comparison = new StockComparison(toolchain, directory);
                comparison.assertSameText(comparison.show(profile), comparison.show(mount.copy()));
                mount.reset();
            }
        }
    }

    /** A program that wrote its profile before its end, with a library: each profile has all counts since the start. */
    @Test
    void shouldCountTheLastProfileOfEachImage() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path library = toolchain.clang(
                directory.resolve("liblibrary.so"),
                "-fprofile-generate",
                "-fPIC",
                "-shared",
                Checkout.SOURCES.resolve("c/library.c"));
        Path profile = directory.resolve("program.profraw");
        try (Worker worker = start(program(toolchain, "program"), profile)) {
            worker.work(10);
            worker.tell("dump " + profile);
            worker.work(5);
            worker.tell("dump " + profile);
            worker.tell("open " + library);
            worker.work(2);
            worker.end();
        }
        try (PgofsMount mount = PgofsMount.start(directory)) {
            add(mount, profile).ok();
            Profile served = mount.profile(toolchain);
            assertEquals(17, served.calls("counted"));
            assertEquals(1, served.calls("library_counted"));
            add(mount, profile).ok();
            assertEquals(34, mount.profile(toolchain).calls("counted"));
            mount.killDaemon();
            mount.startDaemon();
            assertEquals(34, mount.profile(toolchain).calls("counted"));
        }
    }

    @Test
    void shouldReadEveryRawVersion() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            add(
                            mount,
                            VERSIONS.stream()
                                    .map(version -> GOLDEN.resolve("v" + version + ".profraw"))
                                    .toArray(Path[]::new))
                    .ok();
            List<Object> versions = new ArrayList<>();
            List<Object> totals = new ArrayList<>();
            for (Object image : (List<?>) mount.status().get("images")) {
                versions.add(((Map<?, ?>) image).get("raw_version"));
                totals.add(((Map<?, ?>) image).get("total_count"));
            }
            assertEquals(
                    VERSIONS.stream().map(String::valueOf).sorted().toList(),
                    versions.stream().map(String::valueOf).sorted().toList());
            assertEquals(1, totals.stream().distinct().count(), totals.toString());
        }
    }

    @Test
    void shouldSayWhyAFileIsNotAdded() throws Exception {
        Path golden = GOLDEN.resolve("v8.profraw");
        byte[] bytes = Files.readAllBytes(golden);
        Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(bytes, bytes.length - 9));
        Path empty = Files.createFile(directory.resolve("empty"));
        Path text = Files.writeString(directory.resolve("text"), "a profile");
        Path pipe = directory.resolve("pipe");
        Shell.in(directory).run("mkfifo", pipe.toString()).ok();
        Path huge = directory.resolve("huge");
        Shell.in(directory).run("truncate", "-s", "1T", huge.toString()).ok();
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            mount.startDaemon();
            assertRefused(cut, "it ends at offset", add(mount, cut));
            assertRefused(empty, "has no profile in it", add(mount, empty));
            assertRefused(text, "is not the magic number", add(mount, text));
            assertRefused(pipe, "not a regular file", add(mount, pipe));
            assertRefused(huge, "and at most 268435456 are read", add(mount, huge));
            assertRefused(directory.resolve("none"), "does not exist", add(mount, directory.resolve("none")));
            assertEquals(List.of(), mount.status().get("images"));
            mount.stopDaemon();
            mount.startDaemon("-o", "users=65534");
            Path own = Files.copy(golden, directory.resolve("own"));
            assertRefused(own, "is a file of user 0, who is excluded by -o users=", add(mount, own));
            assertEquals(List.of(), mount.status().get("images"));
            assertEquals(2, add(mount).status());
            mount.stopDaemon();
            mount.startDaemon("--user-limits", "memory=1M");
            Path large = directory.resolve("large");
            Shell.in(directory).run("truncate", "-s", "2M", large.toString()).ok();
            assertRefused(large, "it is read as a whole, and a user may take up 1048576 bytes", add(mount, large));
        }
    }

    private static void assertRefused(Path file, String reason, Shell.Result result) {
        assertEquals(1, result.status(), result.toString());
        assertTrue(
                result.errors().startsWith("pgofs: " + file)
                        && result.errors().contains(reason)
                        && result.errors().lines().count() == 1,
                result.errors());
    }
}
