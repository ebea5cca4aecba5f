package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs with the compiler's own runtime, just as they run: what is read of their memory is what they would write. */
final class StockProcessIT {
    /** Who has no other processes: whatever runs on this machine would be read. */
    private static final int USER = 61234;

    @TempDir
    Path directory;

    static Stream<Toolchain> toolchains() {
        return Stream.of(14, 19, 22).map(Toolchain::new);
    }

    private Path program(Toolchain toolchain, String name, Object... options) {
        List<Object> arguments = new ArrayList<>(List.of("-fprofile-generate", "-xc++"));
        arguments.add(Checkout.SOURCES.resolve("c/stock.cc"));
        arguments.addAll(List.of("-xnone", "-lstdc++"));
        arguments.addAll(List.of(options));
        return toolchain.clang(directory.resolve(name), arguments.toArray());
    }

    /** A program that is run by a user. */
    private Path ofTheUser(Path program) throws IOException {
        Shell.in(directory).run("chmod", "a+rx", directory.toString()).ok();
        Path script = Files.write(
                directory.resolve(program.getFileName() + ".sh"),
                List.of("#!/bin/sh", "exec setpriv --reuid %d --clear-groups %s".formatted(USER, program)));
        Shell.in(directory).run("chmod", "+x", script.toString()).ok();
        return script;
    }

    private static Worker start(PgofsMount mount, Path program) throws IOException {
        // Nothing is left in the directory when it ends.
        return Worker.start(mount.shell().with("LLVM_PROFILE_FILE", "/dev/null"), program);
    }

    private static Shell.Result attach(PgofsMount mount, Worker... workers) {
        List<String> command = new ArrayList<>(List.of(Checkout.PGOFS.toString(), "attach"));
        command.add("--pid");
        for (Worker worker : workers) {
            command.add(Long.toString(worker.pid()));
        }
        command.add(mount.root().toString());
        return mount.shell().run(command.toArray(String[]::new));
    }

    private void assertSame(Toolchain toolchain, PgofsMount mount, Worker worker) throws IOException {
        Path own = directory.resolve("own.profraw");
        worker.tell("dump " + own);
        StockComparison comparison = new StockComparison(toolchain, directory);
        String expected = comparison.show(own);
        assertTrue(expected.contains("Indirect Target Results"), expected);
        comparison.assertSameText(expected, comparison.show(mount.copy()));
        Files.delete(own);
    }

    @ParameterizedTest
    @MethodSource("toolchains")
    void shouldServeWhatAStrippedProgramWouldWrite(Toolchain toolchain) throws Exception {
        Path program = program(toolchain, "stripped", "-s");
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = start(mount, program)) {
            worker.work(1000);
            attach(mount, worker).ok();
            assertSame(toolchain, mount, worker);
            worker.work(234);
            assertSame(toolchain, mount, worker);
            worker.work(50); // which nobody has looked at
            mount.reset();
            assertEquals(0, mount.profile(toolchain).calls("counted"));
            worker.work(21);
            assertEquals(21, mount.profile(toolchain).calls("counted"));
            worker.end();
            assertEquals(21, mount.profile(toolchain).calls("counted"));
            Await.until(
                    "it has ended for the daemon, too",
                    () -> image(mount).get("ended_processes").equals(1L));
            assertEquals(List.of(), image(mount).get("live_processes"));
            assertEquals(21, mount.profile(toolchain).calls("counted"));
        }
    }

    @Test
    void shouldReadProgramsHoweverTheyAreLinked() throws Exception {
        Toolchain toolchain = new Toolchain(19);
        List<Path> programs = List.of(
                program(toolchain, "static", "-static"),
                program(toolchain, "static-pie", "-static-pie", "-fPIE", "-s"),
                program(toolchain, "no-pie", "-no-pie", "-fno-pie", "-s", "-fuse-ld=lld"),
                program(toolchain, "vtables", "-s", "-mllvm", "-enable-vtable-value-profiling"),
                program(toolchain, "dynamic-sites", "-s", "-mllvm", "-vp-static-alloc=false"),
                program(toolchain, "coverage", "-s", "-fno-profile-generate", "-fprofile-instr-generate"));
        for (Path program : programs) {
            Path own = Files.createDirectory(directory.resolve(program.getFileName() + ".d"));
            try (PgofsMount mount = PgofsMount.start(own);
                    Worker worker = start(mount, program)) {
                attach(mount, worker).ok(); // before functions have their sites
                worker.work(100);
                Path profile = own.resolve("own.profraw");
                worker.tell("dump " + profile);
                StockComparison comparison = new StockComparison(toolchain, own);
                comparison.assertSameText(comparison.show(profile), comparison.show(mount.copy()));
            }
        }
    }

    @Test
    void shouldMergeProcessesAndFindLibrariesThatComeLater() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path program = program(toolchain, "program");
        Path library = toolchain.clang(
                directory.resolve("liblibrary.so"),
                "-fprofile-generate",
                "-fPIC",
                "-shared",
                Checkout.SOURCES.resolve("c/library.c"));
        List<Worker> workers = new ArrayList<>();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            for (int i = 0; i < 20; i++) {
                workers.add(start(mount, program));
                workers.get(i).work(i + 1);
            }
            attach(mount, workers.toArray(Worker[]::new)).ok();
            assertEquals(210, mount.profile(toolchain).calls("counted"));
            workers.get(3).tell("open " + library);
            assertEquals(1, mount.profile(toolchain).calls("library_counted"));
            workers.get(3).tell("close");
            assertEquals(1, mount.profile(toolchain).calls("library_counted"));
            workers.get(3).tell("open " + library);
            assertEquals(2, mount.profile(toolchain).calls("library_counted"));
            mount.reset();
            workers.get(5).work(7);
            workers.get(5).kill();
            // What a process counts after the last look is lost, so it is looked at before.
            workers.get(6).work(8);
            assertEquals(8, mount.profile(toolchain).calls("counted") - calls(mount, toolchain, 7));
        } finally {
            workers.forEach(Worker::close);
        }
    }

    /** 7 if the process that was killed was looked at in time, which is once a second. */
    private static long calls(PgofsMount mount, Toolchain toolchain, long most) {
        long calls = mount.profile(toolchain).calls("counted") - 8;
        assertTrue(calls == 0 || calls == most, Long.toString(calls));
        return calls;
    }

    @Test
    void shouldCountNothingTwice() throws Exception {
        Toolchain toolchain = new Toolchain(19);
        Path program = program(toolchain, "program");
        Path other = program(toolchain, "other");
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = start(mount, program)) {
            worker.work(100);
            attach(mount, worker).ok();
            worker.tell("vfork");
            assertEquals(100, mount.profile(toolchain).calls("counted"));
            worker.tell("fork 10");
            assertEquals(100, mount.profile(toolchain).calls("counted"));
            Files.createFile(directory.resolve("go"));
            Await.until("the child has worked", () -> Files.exists(directory.resolve("gone")));
            assertEquals(110, mount.profile(toolchain).calls("counted"));

            worker.tell("forget");
            worker.work(5);
            assertEquals(115, mount.profile(toolchain).calls("counted"));

            mount.killDaemon();
            worker.work(2);
            mount.startDaemon();
            assertEquals(117, mount.profile(toolchain).calls("counted"));
            mount.reset();
            worker.work(3);
            mount.killDaemon();
            mount.startDaemon();
            assertEquals(3, mount.profile(toolchain).calls("counted"));

            worker.tell("exec " + other);
            worker.work(30);
            assertEquals(3, mount.profile(toolchain).calls("counted"));
            attach(mount, worker).ok();
            assertEquals(33, mount.profile(toolchain).calls("counted"));
        }
    }

    private static Map<?, ?> image(PgofsMount mount) {
        return (Map<?, ?>) ((List<?>) mount.status().get("images")).get(0);
    }

    /** Null if there are none. */
    private static Object approximateSites(PgofsMount mount) {
        return image(mount).get("approximate_value_sites");
    }

    @Test
    void shouldCountTheSitesAtWhichValuesMayHaveBeenReplaced() throws Exception {
        Path program = program(Toolchain.DEFAULT, "program", "-mllvm", "-vp-counters-per-site=100");
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = start(mount, program)) {
            worker.tell("turn 0 23");
            attach(mount, worker).ok();
            mount.reset();
            assertNull(approximateSites(mount), "there is room for one more");
            worker.tell("turn 23 24");
            assertEquals(1L, approximateSites(mount));
            String text = Files.readString(mount.root().resolve("pgo/status"));
            assertTrue(text.contains("  approximate     the values of 1 sites: "), text);
            Await.until("it is saved", () -> saved(mount) == 1);
            mount.killDaemon();
            mount.startDaemon();
            assertEquals(1L, approximateSites(mount));
            worker.end();
            Await.until("it has ended", () -> saved(mount) == 0);
            assertEquals(1L, approximateSites(mount));
            mount.reset();
            try (Worker later = start(mount, program)) {
                later.tell("turn 0 40");
                attach(mount, later).ok();
                assertNull(approximateSites(mount), "nothing was left out of it");
            }
            mount.reset();
            Shell few = mount.shell().with("LLVM_PROFILE_FILE", "/dev/null").with("LLVM_VP_MAX_NUM_VALS_PER_SITE", "4");
            try (Worker replacing = Worker.start(few, program)) {
                replacing.tell("turn 0 4");
                attach(mount, replacing).ok();
                mount.reset();
                assertNull(approximateSites(mount), "nothing was replaced yet");
                replacing.tell("turn 4 5");
                assertEquals(1L, approximateSites(mount));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "env --default-signal=INT, events of the kernel",
        "unshare --net, a scan of /proc once a second",
    })
    void shouldLeaveOutWhatAChildInheritedHoweverItIsFound(String starter, String foundBy) throws Exception {
        Path program = program(Toolchain.DEFAULT, "program");
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            mount.startDaemonBy(List.of(starter.split(" ", -1)));
            try (Worker worker = start(mount, program)) {
                worker.work(100);
                attach(mount, worker).ok();
                worker.tell("fork 10");
                Files.readAllBytes(mount.profraw());
                assertEquals(2, saved(mount), "what the child inherited is saved when it is seen");
                worker.tell("fork 0");
                Files.readAllBytes(mount.profraw());
                assertEquals(3, saved(mount), "and not when so little is saved again, some time after the first");
                assertEquals(100, mount.profile(Toolchain.DEFAULT).calls("counted"));
                Map<?, ?> stock = (Map<?, ?>) mount.status().get("stock");
                assertTrue(stock.get("found_by").toString().startsWith(foundBy), stock::toString);
                assertEquals(3, ((List<?>) stock.get("processes")).size());
                Files.createFile(directory.resolve("go"));
                Await.until(
                        "the children have worked",
                        () -> mount.profile(Toolchain.DEFAULT).calls("counted") != 100);
                assertEquals(110, mount.profile(Toolchain.DEFAULT).calls("counted"));
            }
        }
    }

    /** They count in the mapped profile: their sections have nothing. */
    @Test
    void shouldNameProgramsThatCountInAMappedProfile() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path program = ofTheUser(program(toolchain, "program", "-mllvm", "-runtime-counter-relocation"));
        Shell.in(directory).run("chmod", "a+rwx", directory.toString()).ok();
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            mount.startDaemon("-o", "stock,users=" + USER);
            Path mapped = directory.resolve("mapped%c.profraw");
            try (Worker worker = Worker.start(mount.shell().with("LLVM_PROFILE_FILE", mapped.toString()), program)) {
                worker.work(10);
                assertRefused("counts in a profile that it has mapped", attach(mount, worker));
                Await.until("the status names it", () -> problems(mount).contains("that it has mapped"));
                assertEquals(0, Files.size(mount.profraw()));
            }
            assertTrue(Files.exists(directory.resolve("mapped.profraw")), "it has counted there");
            try (Worker worker = start(mount, program)) {
                worker.work(20);
                attach(mount, worker).ok();
                assertEquals(20, mount.profile(toolchain).calls("counted"));
            }
        }
    }

    @Test
    void shouldFollowNoListOfValuesForEver() throws Exception {
        Path program = program(Toolchain.DEFAULT, "program");
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = start(mount, program)) {
            worker.work(100);
            worker.tell("endless");
            attach(mount, worker).ok();
            assertEquals(100, mount.profile(Toolchain.DEFAULT).calls("counted"));
            assertTrue(problems(mount).contains("value sites with more than 255 values"), problems(mount));
            worker.kill(); // it would not end
        }
    }

    @Test
    void shouldReadAProgramThatHasGivenUpTheRightsOfRoot() throws Exception {
        Path program = program(Toolchain.DEFAULT, "program");
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            mount.startDaemon("-o", "stock,users=" + USER);
            try (Worker worker = start(mount, program)) {
                worker.work(7);
                assertRefused("is one of user 0", attach(mount, worker));
                worker.tell("user " + USER);
                Await.until(
                        "it counts",
                        () -> Files.exists(mount.profraw())
                                && mount.profraw().toFile().length() > 0);
                assertEquals(7, mount.profile(Toolchain.DEFAULT).calls("counted"));
            }
        }
    }

    /** How many processes the next daemon will know. */
    private static long saved(PgofsMount mount) {
        try {
            String manifest =
                    Files.readString(mount.segments().resolve(".state/manifest"), StandardCharsets.ISO_8859_1);
            return Pattern.compile("process-[0-9]").matcher(manifest).results().count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldFindAllThatRun() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path program = ofTheUser(program(toolchain, "program", "-s"));
        Path published = ofTheUser(toolchain.worker(directory));
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            try (Worker before = start(mount, program)) {
                before.work(10);
                mount.startDaemon("-o", "stock,users=" + USER);
                assertEquals(10, mount.profile(toolchain).calls("counted"));
                try (Worker after = start(mount, program);
                        Worker counted = Worker.start(mount.shell(), published)) {
                    after.work(20);
                    counted.work(300);
                    assertEquals(330, mount.profile(toolchain).calls("counted"));
                    assertRefused("has the runtime of pgofs, and counts already", attach(mount, counted));
                    String status = Files.readString(mount.root().resolve("pgo/status"));
                    assertTrue(status.contains("processes that are read: 2, looked at every"), status);
                }
            }
        }
    }

    @Test
    void shouldSayWhyAProcessIsNotRead() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path program = program(toolchain, "program");
        Path plain = toolchain.clang(directory.resolve("plain"), Checkout.SOURCES.resolve("c/worker.c"), "-pthread");
        Path bytes = toolchain.clang(
                directory.resolve("bytes"),
                "-fprofile-generate",
                "-mllvm",
                "-pgo-function-entry-coverage",
                Checkout.SOURCES.resolve("c/worker.c"),
                "-pthread");
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            mount.startDaemon("-o", "users=65534");
            try (Worker worker = start(mount, program);
                    Worker other = start(mount, plain)) {
                assertRefused("is one of user 0, who is excluded by -o users=", attach(mount, worker));
                mount.stopDaemon();
                mount.startDaemon();
                assertRefused("has nothing that clang or rustc instrumented", attach(mount, other));
                worker.end();
                assertRefused("there is no process " + worker.pid(), attach(mount, worker));
            }
            try (Worker worker = start(mount, bytes)) {
                assertRefused("can only be read when it has ended", attach(mount, worker));
            }
            assertEquals(
                    2,
                    mount.shell()
                            .run(
                                    Checkout.PGOFS.toString(),
                                    "attach",
                                    mount.root().toString())
                            .status());
        }
    }

    /** What root is charged for in all. */
    private static long memory(PgofsMount mount) throws IOException {
        return ((Number) ((Map<?, ?>) ((List<?>) mount.status().get("users")).get(0)).get("memory_bytes")).longValue();
    }

    private static String problems(PgofsMount mount) {
        StringBuilder problems = new StringBuilder();
        for (Object process : (List<?>) ((Map<?, ?>) mount.status().get("stock")).get("processes")) {
            problems.append(((Map<?, ?>) process).get("problems"));
        }
        return problems.toString();
    }

    @Test
    void shouldLeaveOutValuesForWhichThereIsNoRoom() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path program = program(toolchain, "program");
        long needed;
        Shell shell = Shell.in(directory).with("LLVM_PROFILE_FILE", "/dev/null");
        try (Worker one = Worker.start(shell, program);
                Worker two = Worker.start(shell, program)) {
            one.work(100);
            two.work(100);
            try (PgofsMount mount = PgofsMount.start(Files.createDirectory(directory.resolve("enough")))) {
                attach(mount, one).ok();
                attach(mount, two).ok();
                needed = memory(mount);
                assertEquals("[][]", problems(mount));
            }
            try (PgofsMount mount = PgofsMount.prepare(Files.createDirectory(directory.resolve("little")))) {
                mount.startDaemon("--user-limits", "memory=" + (needed - 1));
                attach(mount, one).ok();
                attach(mount, two).ok();
                assertTrue(problems(mount).contains("[observed more values than there is room for]"), problems(mount));
                assertEquals(200, mount.profile(toolchain).calls("counted"));
                assertTrue(memory(mount) < needed, Long.toString(memory(mount)));
            }
        }
    }

    private static void assertRefused(String reason, Shell.Result result) {
        assertEquals(1, result.status(), result.toString());
        assertTrue(
                result.errors().startsWith("pgofs: ")
                        && result.errors().contains(reason)
                        && result.errors().lines().count() == 1,
                result.errors());
    }
}
