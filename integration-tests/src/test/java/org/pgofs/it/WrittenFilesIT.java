package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The profiles that programs with the compiler's own runtime write at their end, in the directory of their user. */
final class WrittenFilesIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;
    private static final Path GOLDEN = Checkout.ROOT.resolve("profraw-writer/src/test/resources/golden/v8.profraw");
    private static final String VARIABLE = "LLVM_PROFILE_FILE";
    private static final int USER = 54322;
    private static final int PROCESSES = Checkout.FULL ? 2000 : 100;

    /** No process has so large a number. */
    private static final int PID = 99_999_000;

    @TempDir
    Path directory;

    private static String pattern(PgofsMount mount) {
        return mount.shell()
                .run(Checkout.PGOFS.toString(), "config", "--profile-file")
                .ok()
                .output()
                .strip();
    }

    private static Path directory(String pattern) {
        return Path.of(pattern).getParent();
    }

    private static List<String> names(Path directory) {
        return Stream.of(Objects.requireNonNull(directory.toFile().list()))
                .sorted()
                .toList();
    }

    private static void awaitEmpty(Path directory) {
        Await.until("the files are gone", () -> names(directory).isEmpty());
    }

    private static Map<?, ?> files(PgofsMount mount) {
        return (Map<?, ?>) mount.status().get("profiles");
    }

    private Path program(Object... options) {
        return TOOLCHAIN.stock(
                directory.resolve("program"),
                Stream.concat(
                                Stream.of("-xc++", Checkout.SOURCES.resolve("c/stock.cc"), "-xnone", "-lstdc++"),
                                Arrays.stream(options))
                        .toArray());
    }

    private static Worker start(PgofsMount mount, String pattern, Path program) throws IOException {
        return Worker.start(mount.shell().with(VARIABLE, pattern), program);
    }

    private static void attach(PgofsMount mount, Worker worker) {
        mount.shell()
                .run(
                        Checkout.PGOFS.toString(),
                        "attach",
                        "--pid",
                        Long.toString(worker.pid()),
                        mount.root().toString())
                .ok();
    }

    /** As a build with many short processes; with --full it says how long it took. */
    @Test
    void shouldCountEveryProcessOfABuild() throws Exception {
        TOOLCHAIN.stock(directory.resolve("translate"), Checkout.SOURCES.resolve("c/translate.c"), "-O0");
        StringBuilder rules = new StringBuilder("all: $(shell seq -f %g.out 1 " + PROCESSES + ")\n");
        IntStream.rangeClosed(1, PROCESSES)
                .forEach(i -> rules.append("%d.out: ; @./translate %d.in $@\n".formatted(i, i % 7)));
        long lines = IntStream.rangeClosed(1, PROCESSES).map(i -> i % 7).sum();
        for (int i = 0; i < 7; i++) {
            Files.writeString(directory.resolve(i + ".in"), "a line\n".repeat(i));
        }
        Files.writeString(directory.resolve("Makefile"), rules);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            String pattern = pattern(mount);
            make("files taken in", pattern);
            assertEquals(lines, mount.profile(TOOLCHAIN).calls("line_counted"));
            awaitEmpty(directory(pattern));
            assertEquals((long) PROCESSES, files(mount).get("taken"));
            assertEquals(Map.of(), files(mount).get("refused"));
            assertEquals(List.of(), mount.status().get("dropped"));
        }
        if (Checkout.FULL) {
            make("one file (%m)", directory.resolve("merged/%m.profraw").toString());
            make("a file each (%p)", directory.resolve("each/%p.profraw").toString());
        }
    }

    private void make(String what, String pattern) {
        long begun = System.nanoTime();
        Shell.in(directory)
                .with(VARIABLE, pattern)
                .bash("rm -f *.out; make -s -j2")
                .ok();
        System.out.printf("%d processes, %s: %d ms%n", PROCESSES, what, (System.nanoTime() - begun) / 1_000_000);
    }

    @Test
    void shouldReplaceWhatWasReadOfAProcess() throws Exception {
        Path program = program();
        Path library = TOOLCHAIN.stock(
                directory.resolve("liblibrary.so"), "-fPIC", "-shared", Checkout.SOURCES.resolve("c/library.c"));
        try (PgofsMount mount = PgofsMount.start(directory)) {
            String pattern = pattern(mount);
            try (Worker worker = start(mount, pattern, program)) {
                worker.work(100);
                attach(mount, worker);
                worker.tell("open " + library);
                assertEquals(100, mount.profile(TOOLCHAIN).calls("counted"));
                assertEquals(1, mount.profile(TOOLCHAIN).calls("library_counted"));
                worker.tell("close");
                assertEquals(1, mount.profile(TOOLCHAIN).calls("library_counted"));
                worker.work(7);
                worker.end();
            }
            Profile profile = mount.profile(TOOLCHAIN);
            assertEquals(107, profile.calls("counted"));
            assertEquals(1, profile.calls("library_counted"));

            mount.reset();
            try (Worker worker = start(mount, pattern, program)) {
                worker.work(1000);
                attach(mount, worker);
                mount.reset();
                worker.work(5);
                mount.killDaemon();
                worker.work(20);
                worker.end();
            }
            mount.startDaemon();
            assertEquals(25, mount.profile(TOOLCHAIN).calls("counted"));
            mount.killDaemon();
            mount.startDaemon();
            assertEquals(25, mount.profile(TOOLCHAIN).calls("counted"));
            awaitEmpty(directory(pattern));
        }
    }

    /** A child of a fork writes into the file of its parent, and has what its parent counted before. */
    @Test
    void shouldCountWhatAChildInheritedOnce() throws Exception {
        Path program = program();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            String pattern = pattern(mount);
            try (Worker worker = start(mount, pattern, program)) {
                worker.work(100);
                worker.tell("split 10");
                worker.end();
            }
            assertEquals(110, mount.profile(TOOLCHAIN).calls("counted"));
            mount.reset();
            try (Worker worker = start(mount, pattern, program)) {
                worker.work(100);
                attach(mount, worker);
                worker.tell("split 10"); // too short to be read itself
                worker.work(1);
                worker.end();
            }
            assertEquals(101, mount.profile(TOOLCHAIN).calls("counted"));
            awaitEmpty(directory(pattern));
        }
    }

    @Test
    void shouldCountOnceWhatAProgramWroteTwice() throws Exception {
        Path program = program();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            String pattern = pattern(mount);
            try (Worker worker = start(mount, pattern, program)) {
                worker.work(10);
                worker.tell("write");
                Files.readAllBytes(mount.profraw()); // who reads has the directory looked at
                worker.work(20);
                worker.tell("write");
                Files.readAllBytes(mount.profraw());
                assertEquals(List.of(worker.pid() + ".profraw"), names(directory(pattern)));
                worker.work(3);
                worker.end();
            }
            assertEquals(33, mount.profile(TOOLCHAIN).calls("counted"));
            try (Worker worker = start(mount, pattern, program)) {
                worker.work(1000);
                worker.kill(); // its file is empty
            }
            awaitEmpty(directory(pattern));
            assertEquals(33, mount.profile(TOOLCHAIN).calls("counted"));
        }
    }

    @Test
    void shouldGiveEachUserADirectoryOfTheirOwn() throws Exception {
        Path program = program();
        Shell.in(directory).bash("chmod a+rx \"$1\" \"$1/program\"", directory).ok();
        String user = "setpriv --reuid %d --clear-groups ".formatted(USER);
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            Shell.Result unserved = mount.shell().run(Checkout.PGOFS.toString(), "config", "--profile-file");
            assertEquals(1, unserved.status(), unserved.toString());
            assertTrue(unserved.errors().startsWith("pgofs: nobody serves "), unserved.errors());
            mount.startDaemon("-o", "users=" + USER);
            mount.shell()
                    .bash(
                            user
                                    + "bash -c 'LLVM_PROFILE_FILE=$(\"$1\" config --profile-file) && export LLVM_PROFILE_FILE"
                                    + " && for i in 1 2 3; do echo work $i | \"$2\"; done' x \"$1\" \"$2\"",
                            Checkout.PGOFS,
                            program)
                    .ok();
            assertEquals(6, mount.profile(TOOLCHAIN).calls("counted"));
            try (Stream<Path> made = Files.list(mount.segments())) {
                Path own = made.filter(file -> file.getFileName().toString().startsWith("profiles-"))
                        .findFirst()
                        .orElseThrow();
                assertEquals(USER, Files.getAttribute(own, "unix:uid"));
                assertEquals(0700, (int) Files.getAttribute(own, "unix:mode") & 07777);
                assertTrue(Files.getFileStore(own).getTotalSpace() < 1L << 40);
            }
            Shell.Result excluded = mount.shell().run(Checkout.PGOFS.toString(), "config", "--profile-file");
            assertEquals(1, excluded.status(), excluded.toString());
            assertTrue(excluded.errors().contains("-o users="), excluded.errors());
            Shell.Result named =
                    mount.shell().run(Checkout.PGOFS.toString(), "config", "--profile-file", directory.toString());
            assertEquals(
                    "pgofs: " + directory + " is no mount of pgofs, or one that you may not read\n", named.errors());
        }
    }

    /** Only the owner of a directory can put something into it, and whatever that is harms nobody. */
    @Test
    void shouldTakeInNothingButWholeFilesOfTheOwner() throws Exception {
        byte[] golden = Files.readAllBytes(GOLDEN);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Path own = directory(pattern(mount));
            Path outside = Files.writeString(directory.resolve("outside"), "is not read");
            Files.createDirectory(own.resolve(PID + ".profraw"));
            Files.createSymbolicLink(own.resolve((PID + 1) + ".profraw"), outside);
            shell("mkfifo \"$1/%d.profraw\"", PID + 2, own);
            shell("mknod \"$1/%d.profraw\" c 1 5", PID + 3, own);
            Files.createLink(
                    own.resolve((PID + 4) + ".profraw"), Files.write(own.resolve((PID + 5) + ".profraw"), golden));
            shell("cp \"$2\" \"$1/%1$d.profraw\"; chown 1 \"$1/%1$d.profraw\"", PID + 6, own, GOLDEN);
            Files.write(own.resolve("12345678901234567_0.profraw"), golden);
            List<String> left = names(own);
            assertEquals(8, left.size());

            Files.write(own.resolve((PID + 7) + ".profraw"), Arrays.copyOf(golden, golden.length - 9));
            Files.writeString(own.resolve((PID + 8) + ".profraw"), "a profile");
            shell("truncate -s 100G \"$1/%d.profraw\"", PID + 9, own);
            Files.write(own.resolve("golden." + (PID + 10) + ".profraw"), golden);

            Await.until("what can be read is gone", () -> names(own).size() <= left.size() + 1);
            assertEquals(List.of((PID + 9) + ".profraw"), difference(names(own), left));
            assertEquals(1L, files(mount).get("taken"));
            assertEquals(2, ((Map<?, ?>) files(mount).get("refused")).size(), files(mount)::toString);
            assertTrue(
                    files(mount).get("waiting").toString().contains("it is read as a whole"), files(mount)::toString);
            String dropped = mount.status().get("dropped").toString();
            for (String reason :
                    List.of("is not a regular file", "has another name", "belongs to another user", "%m")) {
                assertTrue(dropped.contains(reason), dropped);
            }
            assertEquals("is not read", Files.readString(outside));
            assertEquals(1, ((List<?>) mount.status().get("images")).size());
        }
    }

    private static List<String> difference(List<String> names, List<String> others) {
        return names.stream().filter(name -> !others.contains(name)).toList();
    }

    private void shell(String script, int pid, Object... arguments) {
        Shell.in(directory).bash(script.formatted(pid), arguments).ok();
    }

    /** Processes of a container have numbers of their own: here it is 1, which another user's process has outside. */
    @Test
    void shouldTakeInFilesOfContainers() throws Exception {
        Path program = program();
        Shell.in(directory).bash("chmod a+rx \"$1\" \"$1/program\"", directory).ok();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell()
                    .bash(
                            "setpriv --reuid %d --clear-groups \"$1\" config --profile-file >pattern".formatted(USER),
                            Checkout.PGOFS)
                    .ok();
            String pattern = Files.readString(directory.resolve("pattern")).strip();
            Shell.in(directory)
                    .with(VARIABLE, pattern)
                    .bash(
                            "echo work 5 | unshare --pid --fork setpriv --reuid %d --clear-groups \"$1\""
                                    .formatted(USER),
                            program)
                    .ok();
            assertEquals(5, mount.profile(TOOLCHAIN).calls("counted"));
            awaitEmpty(directory(pattern));
        }
    }

    /** A user may mount what never answers on a file, and on a whole directory. */
    @Test
    void shouldTakeInFilesBesideFileSystemsThatDoNotAnswer() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory);
                SilentFiles silent = new SilentFiles(directory, 0)) {
            Path own = directory(pattern(mount));
            // Of a process that runs, or it would be taken in before.
            Path covered = Files.createFile(own.resolve(ProcessHandle.current().pid() + ".profraw"));
            Path whole = directory(pattern(mount));
            bind(silent.file(), covered);
            bind(silent.file().getParent(), whole);
            try {
                Files.copy(GOLDEN, own.resolve((PID + 1) + ".profraw"));
                Await.until("it is taken in", () -> files(mount).get("taken").equals(1L));
                assertEquals(List.of(covered.getFileName().toString()), names(own));
                String dropped = mount.status().get("dropped").toString();
                assertTrue(dropped.contains(covered.getFileName() + ", reason=is a mount point"), dropped);
                assertTrue(dropped.contains(whole.getFileName() + ", reason=is not on a tmpfs"), dropped);
            } finally {
                Shell.in(directory)
                        .run("umount", "-l", covered.toString(), whole.toString())
                        .ok();
            }
        }
    }

    private void bind(Path what, Path where) {
        Shell.in(directory)
                .run("mount", "--bind", what.toString(), where.toString())
                .ok();
    }

    @Test
    void shouldRemoveADirectoryThatNobodyUses() throws Exception {
        Path program = program();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            String pattern = pattern(mount);
            Path used = directory(pattern(mount));
            Files.writeString(used.resolve(PID + ".profraw"), "is waited for")
                    .toFile()
                    .setWritable(false);
            Path own = directory(pattern);
            Process writer = Shell.in(directory)
                    .command(
                            "bash",
                            "-c",
                            "exec 3>>\"$1\" && echo && read",
                            "x",
                            used.resolve(PID + ".profraw").toString())
                    .start();
            writer.getInputStream().read();
            Shell.in(directory)
                    .run("touch", "-d", "2 days ago", own.toString(), used.toString())
                    .ok();
            Await.until("the directory is gone", () -> !Files.exists(own));
            assertTrue(Files.exists(used), "it is not empty");
            writer.destroy();
            try (Worker worker = start(mount, pattern, program)) {
                worker.work(3);
                worker.end();
            }
            assertEquals(3, mount.profile(TOOLCHAIN).calls("counted"));
        }
    }

    @Test
    void shouldBoundWhatAllDirectoriesOfAUserHold() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            long whole = Files.getFileStore(directory(pattern(mount))).getTotalSpace();
            Shell.in(mount.segments())
                    .bash("for i in {1..100}; do mkdir -m 700 .many$i && mv .many$i profiles-many$i; done")
                    .ok();
            Await.until(
                    "there are as many as may be",
                    () -> files(mount).get("directories").equals(100L));
            String dropped = mount.status().get("dropped").toString();
            assertTrue(dropped.contains("is one of more than 100 directories of its user"), dropped);
            Await.until("all together may hold what one may", () -> {
                long[] mounted = room(mount.segments());
                return mounted[0] == 100 && mounted[1] <= whole + whole / 7;
            });
        }
    }

    /** How many directories there are, and what all of them may hold. */
    private static long[] room(Path segments) {
        long[] room = new long[2];
        try (Stream<Path> made = Files.list(segments)) {
            long outside = Files.getFileStore(segments).getTotalSpace();
            for (Path own : (Iterable<Path>)
                    made.filter(file -> file.getFileName().toString().startsWith("profiles-"))::iterator) {
                long size = Files.getFileStore(own).getTotalSpace();
                room[0] += size == outside ? 0 : 1;
                room[1] += size == outside ? 0 : size;
            }
            return room;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whoever has the file open may still write. */
    @Test
    void shouldWaitForTheLastWriter() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Path own = directory(pattern(mount));
            Path file = own.resolve(PID + ".profraw");
            Process writer = Shell.in(directory)
                    .command(
                            "bash",
                            "-c",
                            "exec 3>>\"$1\" && cat \"$2\" >&3 && echo && read",
                            "x",
                            file.toString(),
                            GOLDEN.toString())
                    .start();
            writer.getInputStream().read();
            assertTrue(Files.exists(file, LinkOption.NOFOLLOW_LINKS));
            assertEquals(0L, files(mount).get("taken"));
            writer.getOutputStream().close();
            writer.waitFor();
            Await.until("it is taken in", () -> files(mount).get("taken").equals(1L));
            awaitEmpty(own);
        }
    }
}
