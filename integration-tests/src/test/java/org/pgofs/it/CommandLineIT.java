package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command's answers, and its life cycle. */
final class CommandLineIT {
    /** Longer than the 2 s promised, as the machine may be busy. */
    private static final int UNMOUNT_SECONDS = 5;

    @TempDir
    Path directory;

    @Test
    void shouldRefuseAMountPointThatIsNotOne() throws Exception {
        try (PgofsMount unused = PgofsMount.prepare(directory)) {
            Path missing = directory.resolve("missing");
            assertRefused(mount(unused, missing), missing.toString());
            Path file = Files.createFile(directory.resolve("file"));
            assertRefused(mount(unused, file), file.toString());
            Path full = Files.createDirectory(directory.resolve("full"));
            Files.createFile(full.resolve("something"));
            assertRefused(mount(unused, full), full.toString());
            assertFalse(PgofsMount.isMounted(full));
        }
    }

    @Test
    void shouldRefuseASegmentDirectoryThatIsNotFit() throws Exception {
        Path point = Files.createDirectory(directory.resolve("point"));
        Path file = Files.createFile(directory.resolve("file"));
        Shell.Result result = Shell.in(directory)
                .run(Checkout.PGOFS.toString(), "mount", "--segment-dir", file.toString(), point.toString());
        assertRefused(result, file.toString());
        for (Path hidden : List.of(point, point.resolve("below"))) {
            result = Shell.in(directory)
                    .run(Checkout.PGOFS.toString(), "mount", "--segment-dir", hidden.toString(), point.toString());
            assertRefused(result, hidden + " would be hidden");
            assertFalse(PgofsMount.isMounted(point));
        }
        result = Shell.in(directory)
                .run(Checkout.PGOFS.toString(), "mount", "--segment-dir", "/dev/shm", point.toString());
        assertRefused(result, "/dev/shm can be listed by others");
        assertFalse(Files.exists(Path.of("/dev/shm/.state")));
    }

    @Test
    void shouldRefuseAMountPointInUseAndASecondDaemon() throws Exception {
        Path apart = Files.createDirectory(directory.resolve("apart"));
        try (PgofsMount mount = PgofsMount.start(directory);
                PgofsMount unused = PgofsMount.prepare(apart)) {
            assertRefused(mount(unused, mount.root()), mount.root().toString());
            Path other = Files.createDirectory(directory.resolve("other"));
            assertRefused(mount(mount, other), mount.segments().toString());
            assertFalse(PgofsMount.isMounted(other));
            assertTrue(Files.exists(mount.profraw()), "the first one is undisturbed");
        }
    }

    @Test
    void shouldSayWhatABuildNeeds() throws Exception {
        Shell shell = Shell.in(directory);
        Path home = Checkout.PGOFS.toRealPath().getParent().getParent();
        String runtime = home.resolve("lib").resolve("libpgofs_rt.a").toString();
        String format = Files.readString(Checkout.ROOT.resolve("counters/src/main/c/pgofs_format.h"));
        String segments =
                shell.bash("exec \"$1\" config --segment-dir", Checkout.PGOFS).output();
        assertTrue(format.contains("#define PGOFS_DEFAULT_DIRECTORY \"" + segments.strip() + "\""), segments);
        assertEquals(
                "-fprofile-generate -Wl,-u,pgofs_runtime " + runtime + "\n",
                shell.bash("exec \"$1\" config --libs", Checkout.PGOFS).output());
        assertEquals(
                "-fprofile-generate --start-no-unused-arguments -mllvm -do-counter-promotion=false"
                        + " --end-no-unused-arguments\n",
                shell.bash("exec \"$1\" config --cflags", Checkout.PGOFS).output());
    }

    @Test
    void shouldSayWhatABuildForAnotherMachineNeeds() throws Exception {
        Path lib = Checkout.PGOFS.toRealPath().getParent().resolveSibling("lib");
        Shell shell = Shell.in(directory);
        for (String target : List.of("--target aarch64-linux-gnu", "--target=aarch64-linux-musl")) {
            assertEquals(
                    "-fprofile-generate -noprofilelib -Wl,-u,pgofs_runtime " + lib + "/aarch64/libpgofs_rt.a\n",
                    shell.bash("exec \"$1\" config --libs " + target, Checkout.PGOFS)
                            .output());
            assertEquals(
                    "-noprofilelib -Wl,-u,pgofs_runtime " + lib + "/aarch64/libpgofs_rt.a\n",
                    shell.bash("exec \"$1\" config --runtime " + target, Checkout.PGOFS)
                            .output());
        }
        Shell.Result unknown = shell.bash("exec \"$1\" config --libs --target riscv64-linux-gnu", Checkout.PGOFS);
        assertEquals(2, unknown.status());
        assertEquals(
                "pgofs: there is no runtime for 'riscv64-linux-gnu': there is for aarch64-linux-gnu and x86_64-linux-gnu\n",
                unknown.errors());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mount --no-such-option /",
                "mount -o no-such-option /",
                "mount -o users=root /",
                "mount -o users=0:4294967295 /",
                "mount",
                "nonsense",
                "config --no",
                "config --libs --target",
                "config --makefile --target aarch64-linux-gnu"
            })
    void shouldAnswerWrongUseWithStatus2(String arguments) {
        Shell.Result result = Shell.in(directory).bash("exec \"$1\" " + arguments, Checkout.PGOFS);
        assertEquals(2, result.status(), result::toString);
        assertFalse(result.errors().isBlank());
        assertEquals("", result.output());
    }

    @Test
    void shouldSuggestACommand() {
        Shell.Result result = Shell.in(directory).run(Checkout.PGOFS.toString(), "statsu");
        assertTrue(
                result.errors().startsWith("pgofs: there is no command 'statsu'; did you mean status"),
                result.errors());
        assertTrue(result.errors().endsWith("? See pgofs --help\n"), result.errors());
        result = Shell.in(directory).run(Checkout.PGOFS.toString(), "umount", "one", "two");
        assertEquals("pgofs: unexpected argument: two; see pgofs umount --help\n", result.errors());
    }

    /** Also one that the launcher has, one of an option, and none where nothing is like it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "recrod | there is no command 'recrod'; did you mean record? See pgofs --help",
                "help moun | there is no command 'moun'; did you mean mount? See pgofs --help",
                "status --jsn | there is no option '--jsn'; did you mean --json? See pgofs status --help",
                "mount --user-limit=1 /x | there is no option '--user-limit=1'; did you mean --user-limits? See pgofs mount --help",
                "xyzzy | there is no command 'xyzzy'; see pgofs --help",
            })
    void shouldSuggestWhatIsMeant(String words, String expected) {
        Shell.Result result = Shell.in(directory).bash("exec \"$1\" " + words, Checkout.PGOFS);
        assertEquals("pgofs: " + expected + "\n", result.errors());
        assertEquals(2, result.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mount", "cc", "kernel"})
    void shouldExplainACommand(String name) {
        Shell shell = Shell.in(directory);
        String help = shell.run(Checkout.PGOFS.toString(), name, "--help").ok().output();
        assertTrue(help.contains("pgofs " + name), help);
        assertEquals(
                help, shell.run(Checkout.PGOFS.toString(), "help", name).ok().output());
    }

    @Test
    void shouldSayWhetherAProcessCounts() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker counting = Worker.start(mount.shell(), Toolchain.DEFAULT.worker(directory));
                Worker elsewhere = Worker.start(
                        Shell.in(directory).with("PGOFS_SEGMENT_DIR", "/run/other"),
                        Toolchain.DEFAULT.worker(directory))) {
            assertTrue(doctor(mount, counting.pid())
                    .ok()
                    .output()
                    .contains("\nok it counts in " + mount.segments() + "\n"));
            Shell.Result result = doctor(mount, elsewhere.pid());
            assertTrue(
                    result.output()
                            .contains("\nNO it does not count in " + mount.segments()
                                    + ": it was started with PGOFS_SEGMENT_DIR=/run/other\n"),
                    result::toString);
            assertTrue(result.output().contains("\nok instrumented\n"), result::toString);
            assertEquals(1, result.status());
            assertEquals(
                    "NO there is no process 999999999, or it is one of the kernel\n",
                    doctor(mount, 999_999_999).output());
        }
    }

    private Shell.Result doctor(PgofsMount mount, long pid) {
        return Shell.in(directory)
                .run(
                        Checkout.PGOFS.toString(),
                        "doctor",
                        "--segment-dir",
                        mount.segments().toString(),
                        Long.toString(pid));
    }

    @Test
    void shouldFindTheOnlyMount() {
        Shell.Result result = Shell.in(directory)
                .with("PGOFS_LOG", directory.resolve("log").toString())
                .run(
                        "unshare",
                        "--mount",
                        "--propagation",
                        "private",
                        "/bin/bash",
                        "-uc",
                        """
                        pgofs=$1
                        for other in $(findmnt -rnt fuse.pgofs -o TARGET); do umount -l "$other"; done
                        chmod 755 .
                        mkdir one two link
                        "$pgofs" status
                        "$pgofs" mount --segment-dir segments-of-one one || exit
                        mount --bind one link
                        "$pgofs" status | head -1
                        "$pgofs" mount --segment-dir segments-of-two two || exit
                        "$pgofs" status
                        "$pgofs" umount
                        "$pgofs" detach machine
                        umount link
                        "$pgofs" umount one
                        "$pgofs" detach machine
                        "$pgofs" umount
                        ! grep fuse.pgofs /proc/self/mountinfo
                        """,
                        "bash",
                        Checkout.PGOFS.toString());
        assertEquals(0, result.status(), result::toString);
        assertEquals("segments in %1$s/segments-of-one, served at %1$s/one\n".formatted(directory), result.output());
        String several = "pgofs: pgofs is mounted 2 times: name one of %1$s/one, %1$s/two\n".formatted(directory);
        assertEquals(
                "pgofs: pgofs is not mounted anywhere: see pgofs mount --help\n"
                        + several.repeat(3)
                        + "pgofs: there is no guest machine\n",
                result.errors());
    }

    @Test
    void shouldTakeTheSegmentDirectoryOfTheEnvironment() throws Exception {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            Shell shell =
                    mount.shell().with("PGOFS_LOG", directory.resolve("log").toString());
            String pgofs = Checkout.PGOFS.toString();
            assertEquals(
                    mount.segments() + "\n",
                    shell.run(pgofs, "config", "--segment-dir").ok().output());
            shell.run(pgofs, "mount", mount.root().toString()).ok();
            assertTrue(shell.run(pgofs, "status", mount.root().toString())
                    .ok()
                    .output()
                    .contains(mount.segments().toString()));
            shell.run(pgofs, "umount", mount.root().toString()).ok();
        }
    }

    @Test
    void shouldNotTakeAnEmptyWordForTheWorkingDirectory() throws Exception {
        for (String words : List.of("''", "--segment-dir '' .")) {
            Shell.Result result = Shell.in(directory).bash("exec \"$1\" mount -f " + words, Checkout.PGOFS);
            assertEquals(2, result.status());
            assertTrue(result.errors().contains(" is empty; see "), result.errors());
        }
    }

    @Test
    void shouldSayThatOnlyTheOwnerMayRead() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            // Not every user can reach the checkout.
            Shell shell = Shell.in(directory);
            shell.bash("chmod 755 .; cp -a \"$1\" .", Checkout.PGOFS.getParent().getParent())
                    .ok();
            for (String verb : List.of("status", "umount")) {
                Shell.Result result = shell.bash(
                        "exec setpriv --reuid=65534 --clear-groups ./pgofs/bin/pgofs \"$1\" \"$2\"",
                        verb,
                        mount.root());
                assertEquals(1, result.status());
                assertEquals(
                        "pgofs: " + mount.root()
                                + " is open to its owner alone: use sudo, or mount with -o uid= or mode=\n",
                        result.errors());
            }
        }
    }

    @Test
    void shouldExamineTheMachineForAnotherUser() throws Exception {
        Shell.Result result = Shell.in(directory)
                .bash(
                        "chmod 755 .; cp -a \"$1\" .; cd /; exec setpriv --reuid=65534 --clear-groups"
                                + " \"$2\"/pgofs/bin/pgofs doctor",
                        Checkout.PGOFS.getParent().getParent(),
                        directory);
        assertTrue(result.output().contains("libfuse.so.2 can be loaded"), result.output());
        assertTrue(result.output().contains("NO not root"), result.output());
    }

    @Test
    void shouldRefuseToUnmountWhatIsNotItsOwn() throws Exception {
        Path plain = Files.createDirectory(directory.resolve("plain"));
        assertRefused(pgofs("umount", plain), plain.toString());
        assertRefused(pgofs("umount", Path.of("/proc")), "/proc");
        assertTrue(PgofsMount.isMounted(Path.of("/proc")));
        assertRefused(pgofs("status", plain), plain.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"umount", "status"})
    void shouldSayThatAFileIsNoMountPoint(String verb) throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertRefused(pgofs(verb, file), file + " is not a mount point of pgofs: see pgofs mount --help");
    }

    @Test
    void shouldSayWhatIsMissingOnTheMachine() throws Exception {
        Path point = Files.createDirectory(directory.resolve("point"));
        String withoutDevice =
                "mount -t tmpfs none /dev; mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/urandom c 1 9;"
                        + " mknod -m 666 /dev/random c 1 8; ln -s /proc/self/fd /dev/fd; exec \"$1\" mount --segment-dir \"$3\" \"$2\"";
        String withoutLibrary = "for l in $(ldconfig -p | sed -n 's,.*libfuse.so.2 .*=> ,,p'); do"
                + " mount --bind /dev/null \"$(readlink -f \"$l\")\"; done; exec \"$1\" mount --segment-dir \"$3\" \"$2\"";
        assertRefused(apart(withoutDevice, point), "/dev/fuse");
        assertRefused(apart(withoutLibrary, point), "libfuse2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "en_US.ISO-8859-1", "no_NO.locale"})
    void shouldMountWhereNamesAreNotAscii(String locale) throws Exception {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            Shell shell = mount.shell()
                    .with("LC_ALL", locale)
                    .with("LANG", locale)
                    .with("PGOFS_LOG", directory.resolve("log").toString());
            shell.bash(
                            """
                            mkdir p\u00e4th
                            "$1" mount --segment-dir segm\u00e9nts p\u00e4th
                            "$1" status p\u00e4th
                            "$1" umount p\u00e4th
                            umount segm\u00e9nts
                            rmdir p\u00e4th segm\u00e9nts
                            """,
                            Checkout.PGOFS)
                    .ok();
        }
    }

    @Test
    void shouldRefuseNamesThatAreNotUtf8() throws Exception {
        String rename = "mkdir $'point\\xff'; exec \"$1\" mount -f $'point\\xff'";
        Shell.Result result = Shell.in(directory).bash(rename, Checkout.PGOFS);
        assertEquals(2, result.status());
        assertTrue(result.errors().contains("a name that is not UTF-8 cannot be used; see "), result.errors());
        assertEquals(1, result.errors().lines().count());
    }

    @Test
    void shouldSayThatOthersCannotReachTheSegmentDirectory() throws Exception {
        Shell shell =
                Shell.in(directory).with("PGOFS_LOG", directory.resolve("log").toString());
        Shell.Result result = shell.bash(
                """
                chmod 755 .
                umask 077
                mkdir point closed
                "$1" mount --segment-dir closed/new/segments point
                "$1" doctor --segment-dir closed/new/segments || true
                chmod o+x closed
                "$1" doctor --segment-dir closed/new/segments || true
                "$1" umount point
                umount closed/new/segments
                """,
                Checkout.PGOFS);
        String said = "segment directory " + directory + "/closed/new/segments can be reached by root alone, and nobody"
                + " else's programs count: chmod o+x " + directory + "/closed, or choose another one\n";
        assertEquals("pgofs: " + said, result.ok().errors());
        assertTrue(result.output().contains("NO " + said), result.output());
        assertTrue(result.output().contains("ok segment directory "), result.output());
    }

    @Test
    void shouldReturnFromMountWhenTheMountIsReady() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.prepare(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(5);
            mount(mount, mount.root()).ok();
            assertEquals(5, mount.profile(Toolchain.DEFAULT).calls("counted"));
            pgofs("umount", mount.root()).ok();
            assertFalse(PgofsMount.isMounted(mount.root()));
        }
    }

    /** The programs that read what is mounted fail. */
    @Test
    void shouldFailWhenTheMountCannotBeRead() throws Exception {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            for (String option : List.of("", "-f")) {
                Shell.Result result = mount.shell()
                        .with("PGOFS_LOG", directory.resolve("log").toString())
                        .bash(
                                "unshare -m sh -c 'mount --bind /bin/false /usr/bin/head; \"$1\" mount $2 --segment-dir"
                                        + " \"$3\" \"$4\"' sh \"$@\"",
                                Checkout.PGOFS,
                                option,
                                mount.segments(),
                                mount.root());
                assertEquals(1, result.status(), result.errors());
                assertTrue(result.errors().contains("cannot be read"), result.errors());
                assertFalse(PgofsMount.isMounted(mount.root()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void shouldUnmountAtASignalThoughFilesAreOpen(String signal) throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program);
                Reader reader = new Reader(mount, "copy")) {
            worker.work(1);
            reader.start();
            Shell.in(directory)
                    .run("kill", "-" + signal, Long.toString(mount.daemon().pid()))
                    .ok();
            assertTrue(mount.daemon().waitFor(UNMOUNT_SECONDS, TimeUnit.SECONDS), "the daemon ends");
            assertEquals(0, mount.daemon().exitValue());
            assertFalse(PgofsMount.isMounted(mount.root()));
            worker.work(1);
        }
    }

    @Test
    void shouldTakeModeAndOwnerOfTheRootAsDebugfsDoes() throws Exception {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            mount.startDaemon("-o", "mode=750,uid=65534,gid=65534");
            String owner = stat(mount.root());
            assertEquals("750 65534 65534", owner);
            mount.stopDaemon();
            mount.startDaemon();
            assertEquals("700 0 0", stat(mount.root()));
            assertEquals("200 0 0", stat(mount.root().resolve("pgo/reset")));
            assertEquals("600 0 0", stat(mount.profraw()));
            assertEquals("444 0 0", stat(mount.root().resolve("pgo/status")));
        }
    }

    private String stat(Path path) {
        return Shell.in(directory)
                .run("stat", "-c", "%a %u %g", path.toString())
                .ok()
                .output()
                .strip();
    }

    /** With the segment directory of a mount, at another mount point. */
    private Shell.Result mount(PgofsMount mount, Path mountPoint) {
        String segments = mount.segments().toString();
        return Shell.in(directory)
                .run(Checkout.PGOFS.toString(), "mount", "--segment-dir", segments, mountPoint.toString());
    }

    private Shell.Result pgofs(String verb, Path argument) {
        return Shell.in(directory).run(Checkout.PGOFS.toString(), verb, argument.toString());
    }

    /** In a mount namespace of its own, where parts of the machine can be hidden. */
    private Shell.Result apart(String script, Path point) {
        return Shell.in(directory)
                .run(
                        "unshare",
                        "-m",
                        "bash",
                        "-euc",
                        script,
                        "script",
                        Checkout.PGOFS.toString(),
                        point.toString(),
                        directory.resolve("point-segments").toString());
    }

    private static void assertRefused(Shell.Result result, String subject) {
        assertEquals(1, result.status(), result::toString);
        List<String> lines = result.errors().lines().toList();
        assertEquals(1, lines.size(), result::toString);
        assertTrue(lines.get(0).startsWith("pgofs: "), lines::toString);
        assertTrue(lines.get(0).contains(subject), lines::toString);
        assertEquals("", result.output());
    }
}
