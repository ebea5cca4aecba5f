package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs for AArch64, cross-compiled and run by QEMU, publish into a mount of this machine: what the compiler's tools
 * say of their profiles is what they say of those by the compiler's own runtime, run in the same way.
 */
final class AArch64IT {
    private static final Path VARIANTS = Checkout.SOURCES.resolve("resources/variants");

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

    private static Toolchain clang(int version) {
        return new Toolchain(version, Target.AARCH64);
    }

    private static Shell.Result run(Shell shell, Path program) {
        List<String> command = new ArrayList<>(Target.AARCH64.runner());
        command.add(program.toString());
        return shell.run(command.toArray(String[]::new)).ok();
    }

    /** Virtual calls, templates, exceptions and std::function, with values. */
    @ParameterizedTest
    @ValueSource(ints = {14, 19, 22})
    void shouldCountCxxAsTheCompilersOwnRuntimeDoes(int version, @TempDir Path own) throws Exception {
        Toolchain toolchain = clang(version);
        List<Object> inputs = new ArrayList<>();
        for (String source : List.of("shapes.cc", "functions.cc")) {
            List<Object> arguments = new ArrayList<>(List.of("-c", Checkout.SOURCES.resolve("c/" + source)));
            if (toolchain.hasVtables() && source.startsWith("shapes")) {
                arguments.addAll(List.of("-mllvm", "-enable-vtable-value-profiling"));
            }
            inputs.add(toolchain.stock(own.resolve(source + ".o"), StockComparison.arguments(arguments.toArray())));
        }
        inputs.addAll(List.of("-lstdc++", "-lm"));
        String show = new StockComparison(toolchain, own)
                .assertSame((shell, program) -> run(shell, program).output(), inputs.toArray());
        assertTrue(show.contains("Indirect Target Results"), show);
        assertTrue(!toolchain.hasVtables() || show.contains("VTable Results"), show);
    }

    static Stream<Instrumentation> instrumentations() {
        return Stream.of(14, 19, 22)
                .flatMap(version -> Instrumentation.of(clang(version)))
                .filter(way -> Checkout.FULL
                        || way.hasBitmaps()
                        || (way.toolchain().version() == 19 && (way.isContextSensitive() || way.hasByteCounters()))
                        || (way.toolchain().version() == 14 && way.isForCoverage()));
    }

    /** A process, two children of it, and one that was killed. */
    @ParameterizedTest
    @MethodSource("instrumentations")
    void shouldBeAsGoodAsTheCompilersRuntime(Instrumentation way) throws Exception {
        Path work = Files.createTempDirectory(directory, "way");
        Path stock = way.stock(work.resolve("stock"));
        String expected =
                way.show(stock, way.stockProfile(stock, work.resolve("stock.profraw"), "1 2 5 8 3 10 7"), false);
        Path program = way.instrumented(work.resolve("p" + work.getFileName()));
        try (Worker worker = Worker.start(mount.shell(), Target.AARCH64, program);
                Worker killed = Worker.start(mount.shell(), Target.AARCH64, program)) {
            worker.tell("work 1 2");
            worker.tell("fork 5");
            worker.tell("fork 7");
            killed.tell("work 8 3 10");
            killed.kill();
            Path copy = work.resolve("copy.profraw");
            mount.shell()
                    .run("cp", image(mount, program).resolve("profraw").toString(), copy.toString())
                    .ok();
            assertEquals(
                    expected,
                    way.show(program, copy, false).replace(program.toString(), stock.toString()),
                    "while it runs");
        }
    }

    private static Path image(PgofsMount mount, Path program) throws IOException {
        try (Stream<Path> images = Files.list(mount.root().resolve("pgo/images"))) {
            List<Path> found = images.filter(
                            image -> image.getFileName().toString().startsWith(program.getFileName() + "-"))
                    .toList();
            assertEquals(1, found.size(), found::toString);
            return found.get(0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-static", "-static-pie", "-no-pie", "-mcmodel=tiny", "-fuse-ld=mold", "-mno-outline-atomics"})
    void shouldPublishHoweverItIsLinked(String option) throws Exception {
        Path program = Files.createTempDirectory(directory, "link").resolve("p" + option.replaceAll("[^a-z]", ""));
        clang(19).instrumented(program, option, VARIANTS.resolve("work.c"), VARIANTS.resolve("main.c"));
        try (Worker worker = Worker.start(mount.shell(), Target.AARCH64, program)) {
            worker.tell("work 2 4");
            assertEquals(2, calls(image(mount, program).resolve("profraw"), "even"));
        }
    }

    private static long calls(Path profile, String function) {
        String text = Profile.show(new Toolchain(19), profile);
        return Long.parseLong(text.replaceFirst("(?s).*\n  \\S*" + function + ":\n.*?Block counts: \\[(\\d+).*", "$1"));
    }

    @Test
    void shouldPublishASharedLibrary(@TempDir Path own) throws Exception {
        Toolchain toolchain = clang(22);
        try (PgofsMount apart = PgofsMount.start(own);
                Worker worker = Worker.start(apart.shell(), Target.AARCH64, toolchain.workerWithLibrary(own))) {
            worker.tell("library 3");
            assertEquals(3, apart.profile(toolchain).calls("library_counted"));
            assertEquals(2, images(apart).size());
        }
    }

    private static List<?> images(PgofsMount mount) {
        return (List<?>) mount.status().get("images");
    }

    /** One profile has both. */
    @Test
    void shouldServeBothMachinesSideBySide(@TempDir Path own) throws Exception {
        Path here = new Toolchain(19).worker(Files.createDirectory(own.resolve("here")));
        Path there = clang(19).worker(Files.createDirectory(own.resolve("there")));
        try (PgofsMount apart = PgofsMount.start(own);
                Worker first = Worker.start(apart.shell(), here);
                Worker second = Worker.start(apart.shell(), Target.AARCH64, there)) {
            first.work(3);
            second.work(4);
            assertEquals(7, apart.profile(new Toolchain(19)).calls("counted"));
            List<Object> machines = new ArrayList<>();
            images(apart).forEach(image -> machines.add(((Map<?, ?>) image).get("machine")));
            assertEquals(2, machines.size());
            assertTrue(machines.contains("AArch64") && machines.contains(null), machines::toString);
            apart.stopDaemon();
            apart.startDaemon();
            second.work(1);
            assertEquals(8, apart.profile(new Toolchain(19)).calls("counted"), "after a restart");
        }
    }

    /** The kernels of some distributions have these pages. */
    @ParameterizedTest
    @ValueSource(ints = {4096, 16384, 65536})
    void shouldFitTheKernelsPages(int page, @TempDir Path own) throws Exception {
        for (int version : List.of(14, 22)) {
            try (PgofsMount apart = PgofsMount.prepare(Files.createDirectory(own.resolve("clang" + version)))) {
                Path program = clang(version).worker(own);
                Shell.Result result = apart.shell()
                        .with("PGOFS_VERBOSE", "1")
                        .bash(
                                "echo work 5 | " + Target.AARCH64.command() + " -p \"$1\" \"$2\"",
                                Integer.toString(page),
                                program)
                        .ok();
                List<Path> segments = new ArrayList<>();
                try (DirectoryStream<Path> files = Files.newDirectoryStream(apart.segments(), "s-*")) {
                    files.forEach(segments::add);
                }
                assertEquals(1, segments.size(), result::toString);
                PublishedImage image = PublishedImage.read(segments.get(0));
                assertEquals(page, image.pageSize());
                assertTrue(
                        image.functions().stream().anyMatch(line -> line.contains("[5]")), image.functions()::toString);
            }
        }
    }

    /** Each indirect branch of the program, the runtime's among them, must land at an instruction for that. */
    @Test
    void shouldNotKeepAProgramFromBranchProtection(@TempDir Path own) {
        Path program = own.resolve("program");
        List<String> command = new ArrayList<>(List.of("clang-19", "-O2", "-mbranch-protection=standard", "-shared"));
        command.addAll(Target.AARCH64.options());
        command.addAll(List.of("-nostdlib", "-fPIC", "-fuse-ld=lld", "-Wl,-z,force-bti", "-Wl,--fatal-warnings"));
        command.addAll(List.of("-fprofile-generate", "-o", program.toString()));
        command.add(VARIANTS.resolve("work.c").toString());
        command.addAll(clang(19).runtime());
        Shell shell = Shell.in(own);
        shell.run(command.toArray(String[]::new)).ok();
        String notes = shell.run("readelf", "-n", program.toString()).ok().output();
        assertTrue(notes.contains("AArch64 feature: BTI, PAC"), notes);
    }

    @Test
    void shouldPublishWithMusl(@TempDir Path own) throws Exception {
        Path tree = Target.arm64().resolve("usr");
        Path musl = tree.resolve("lib/aarch64-linux-musl");
        Path program = own.resolve("with-musl");
        Shell.in(own)
                .bash(
                        """
                        flags="--target=aarch64-linux-musl -O2 -nostdinc -isystem $2"
                        clang-19 $flags $("$4" config --cflags --target aarch64-linux-musl) -c "$3/work.c"
                        clang-19 $flags -c "$3/main.c"
                        clang-19 --target=aarch64-linux-musl -static -nostdlib -o "$5" "$1/crt1.o" "$1/crti.o" work.o main.o \
                          $("$4" config --libs --target aarch64-linux-musl) "$1/libc.a" \
                          "$(aarch64-linux-gnu-gcc -print-libgcc-file-name)" "$1/crtn.o"
                        """,
                        musl,
                        tree.resolve("include/aarch64-linux-musl"),
                        VARIANTS,
                        Checkout.PGOFS,
                        program)
                .ok();
        try (Worker worker = Worker.start(mount.shell(), Target.AARCH64, program)) {
            worker.tell("work 2 4");
            worker.tell("fork 6");
            assertEquals(3, calls(image(mount, program).resolve("profraw"), "even"));
        }
    }

    /** By an option, and by the compiler's name; with a link that makes an object, and without a C library. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$CC --target=aarch64-linux-gnu main.c part.c -o program",
                "$CC -target aarch64-linux-gnu main.c part.c -o program",
                "$CC --target=aarch64-linux-gnu -fprofile-instr-generate -fcoverage-mapping main.c part.c -o program",
                "$CC --target=riscv64-linux-gnu --target=arm64-linux-gnu -c main.c part.c; $CC --target=aarch64-linux-gnu main.o part.o -o program",
                "$CC --target=aarch64-linux-gnu -r main.c part.c -o all.o; $CC --target=aarch64-linux-gnu all.o -o program",
                "ln -s $(command -v clang-19) aarch64-linux-gnu-clang; \"$PGOFS\" cc -- ./aarch64-linux-gnu-clang main.c part.c -o program",
            })
    void shouldBeCrossCompiled(String commands, @TempDir Path own) throws Exception {
        Shell.Result build = Shell.in(own)
                .with("PGOFS", Checkout.PGOFS.toString())
                .bash(
                        "cp \"$1\"/*.* .; CC=\"$PGOFS cc -- clang-19\"; " + commands,
                        Checkout.SOURCES.resolve("resources/cc"))
                .ok();
        assertEquals("", build.errors());
        try (PgofsMount apart = PgofsMount.prepare(Files.createDirectory(own.resolve("apart")))) {
            String errors = run(apart.shell().with("PGOFS_VERBOSE", "1"), own.resolve("program"))
                    .errors();
            assertTrue(errors.contains("published as s-"), errors);
        }
    }

    @Test
    void shouldBeBuiltAsTheReadmeSays(@TempDir Path own) throws Exception {
        String commands = String.join("", DocumentCommands.of(Checkout.ROOT.resolve("README.md"), "### AArch64"));
        Shell.in(own)
                .bash(
                        "ln -s \"$(command -v clang-19)\" clang; PATH=$PWD:${2%/*}:$PATH; cp \"$1\"/worker.c server.c;"
                                + "cp \"$1\"/counted.h .; " + commands,
                        Checkout.SOURCES.resolve("c"),
                        Checkout.PGOFS)
                .ok();
        try (Worker worker = Worker.start(mount.shell(), Target.AARCH64, own.resolve("server"))) {
            worker.work(6);
            Path profile = image(mount, own.resolve("server")).resolve("profraw");
            assertEquals(6, Profile.of(new Toolchain(19), profile).calls("counted"));
        }
    }

    @Test
    void shouldLinkWithoutTheCLibrary(@TempDir Path own) {
        Shell.Result link = Shell.in(own)
                .bash(
                        """
                        cp "$2"/*.* .
                        "$1" cc -- clang-19 --target=aarch64-linux-gnu -O1 -fno-builtin -fuse-ld=lld -nostdlib -shared -fPIC part.c -o part.so
                        """,
                        Checkout.PGOFS,
                        Checkout.SOURCES.resolve("resources/cc"));
        assertEquals("", link.ok().errors());
    }

    @Test
    void shouldBeExplainedByDoctor(@TempDir Path own) {
        Path program = clang(19).worker(own);
        String said = Shell.in(own)
                .run(Checkout.PGOFS.toString(), "doctor", program.toString())
                .ok()
                .output();
        assertTrue(said.startsWith("ok AArch64 executable or shared library\nok instrumented\n"), said);
        assertTrue(said.contains("\nok the counters share no page with other data\n"), said);
        Path without = clang(19).clang(own.resolve("without"), VARIANTS.resolve("work.c"), "-shared", "-fPIC");
        assertFalse(Shell.in(own)
                .run(Checkout.PGOFS.toString(), "doctor", without.toString())
                .output()
                .contains("ok instrumented"));
    }
}
