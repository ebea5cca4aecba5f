package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Indexed profiles out of the mount are what llvm-profdata makes of the raw ones. */
final class ProfdataIT {
    private static final Path SOURCES = Checkout.SOURCES.resolve("resources/variants");

    @TempDir
    Path directory;

    @Test
    void shouldHaveTheBytesThatLlvmProfdataWrites() throws Exception {
        Toolchain toolchain = new Toolchain(19);
        Path first = toolchain.worker(directory);
        Path second = toolchain.workerWithLibrary(directory);
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            mount.startDaemon("-o", "indexed-version=12");
            try (Worker one = Worker.start(mount.shell(), first);
                    Worker other = Worker.start(mount.shell(), second)) {
                one.work(7);
                other.work(5);
                Path pgo = mount.root().resolve("pgo");
                assertSameBytes(toolchain, pgo.resolve("profraw"), pgo.resolve("profdata"));
                assertSameBytes(toolchain, pgo.resolve("profraw"), mount.root().resolve("profdata"));
                try (Stream<Path> images = Files.list(pgo.resolve("images"))) {
                    List<Path> all = images.toList();
                    assertEquals(3, all.size());
                    for (Path image : all) {
                        assertSameBytes(toolchain, image.resolve("profraw"), image.resolve("profdata"));
                    }
                }
                long merged = (Long) mount.status().get("merged_in_profdata");
                assertTrue(merged >= 5, "worker.c is in two images, which share " + merged + " functions");
                String text = Files.readString(pgo.resolve("status"));
                assertTrue(text.contains("merged in profdata: " + merged + " functions"), text);
                assertTrue(text.contains("profdata        indexed version 12"), text);
            }
        }
    }

    /** But for zeros at the end, in place of values that may still come. */
    private void assertSameBytes(Toolchain toolchain, Path raw, Path indexed) throws IOException {
        Path merged = directory.resolve("merged.profdata");
        Path copy = directory.resolve("copy.profraw");
        Shell.in(directory).run("cp", raw.toString(), copy.toString()).ok();
        Shell.in(directory)
                .run(toolchain.profdata(), "merge", "-o", merged.toString(), copy.toString())
                .ok();
        byte[] expected = Files.readAllBytes(merged);
        long told = Files.size(indexed);
        byte[] actual = Files.readAllBytes(indexed);
        assertEquals(told, actual.length);
        assertArrayEquals(expected, Arrays.copyOf(actual, expected.length), indexed.toString());
        assertArrayEquals(
                new byte[actual.length - expected.length], Arrays.copyOfRange(actual, expected.length, actual.length));
    }

    /** In version 7, which no llvm-profdata after 14 writes. */
    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldOptimiseAsLlvmProfdatasOwnDoes(Toolchain toolchain) throws Exception {
        Path program = toolchain.instrumented(
                directory.resolve("program"), SOURCES.resolve("work.c"), SOURCES.resolve("main.c"));
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().bash("echo work 1 2 5 8 3 10 7 | \"$1\"", program).ok();
            Path image = image(mount);
            Shell shell = Shell.in(directory);
            shell.run("cp", image.resolve("profdata").toString(), "ours.profdata")
                    .ok();
            shell.run("cp", image.resolve("profraw").toString(), "raw").ok();
            shell.run(toolchain.profdata(), "merge", "-o", "theirs.profdata", "raw")
                    .ok();
            assertEquals(7, Files.readAllBytes(directory.resolve("ours.profdata"))[8]);
            for (String unit : List.of("work.c", "main.c")) {
                byte[] with = object(toolchain, unit, "ours.profdata");
                assertArrayEquals(object(toolchain, unit, "theirs.profdata"), with);
                assertFalse(Arrays.equals(object(toolchain, unit, null), with), "the profile changes " + unit);
            }
        }
    }

    private byte[] object(Toolchain toolchain, String unit, String profile) throws IOException {
        Path object = directory.resolve("object.o");
        Shell.Result result = Shell.in(directory)
                .run(
                        toolchain.toString(),
                        "-O2",
                        profile == null ? "-w" : "-fprofile-use=" + profile,
                        "-c",
                        SOURCES.resolve(unit).toString(),
                        "-o",
                        object.toString())
                .ok();
        assertEquals("", result.errors(), "no function is without profile or has another hash");
        return Files.readAllBytes(object);
    }

    @Test
    void shouldBeThereAndNotListed() throws Exception {
        Instrumentation coverage = Instrumentation.coverage(new Toolchain(19));
        Path covered = coverage.instrumented(directory.resolve("covered"));
        Path counted = Instrumentation.plain(new Toolchain(19)).instrumented(directory.resolve("counted"));
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Path pgo = mount.root().resolve("pgo");
            assertEquals(0, Files.size(pgo.resolve("profdata")), "of no image");
            mount.shell().bash("echo work 2 | \"$1\"", covered).ok();
            mount.shell().bash("echo work 2 4 | \"$1\"", counted).ok();
            for (Path file : List.of(
                    mount.root().resolve("profdata"),
                    pgo.resolve("profdata"),
                    pgo.resolve("coverage.profdata"),
                    image(mount).resolve("profdata"))) {
                assertTrue(Files.size(file) > 0, file.toString());
                assertEquals(
                        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file), "" + file);
            }
            assertFalse(Files.exists(pgo.resolve("csir.profdata")));
            String all = Shell.in(directory)
                    .run("find", mount.root().toString())
                    .ok()
                    .output();
            assertFalse(all.contains("profdata"), all);
        }
    }

    @Test
    void shouldRefuseAVersionThatIsNone() {
        for (String version : List.of("4", "15", "x", "")) {
            Shell.Result refused = Shell.in(directory)
                    .run(Checkout.PGOFS.toString(), "mount", "-o", "indexed-version=" + version, directory.toString());
            assertEquals(2, refused.status(), refused.errors());
            assertTrue(
                    refused.errors()
                            .startsWith("pgofs: mount option 'indexed-version=" + version
                                    + "' needs a number from 5 to 14"),
                    refused.errors());
        }
    }

    private static Path image(PgofsMount mount) throws IOException {
        try (Stream<Path> images = Files.list(mount.root().resolve("pgo/images"))) {
            return images.findFirst().orElseThrow();
        }
    }
}
