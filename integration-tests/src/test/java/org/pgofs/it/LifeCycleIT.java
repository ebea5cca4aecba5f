package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How daemons begin and end, and that nothing of them is left. */
final class LifeCycleIT {
    private static final int CYCLES = Checkout.FULL ? 500 : 20;
    private static final int SECONDS_TO_END = 20;

    @TempDir
    Path directory;

    @Test
    @Timeout(3600)
    void shouldLeaveNothingBehindAfterManyMounts() throws Exception {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            String log = directory.resolve("log").toString();
            Shell shell = Shell.in(directory).with("PGOFS_LOG", log);
            List<String> before = List.of();
            for (int i = 0; i < CYCLES; i++) {
                shell.run(
                                Checkout.PGOFS.toString(),
                                "mount",
                                "--segment-dir",
                                mount.segments().toString(),
                                mount.root().toString())
                        .ok();
                assertTrue(Files.exists(mount.profraw()));
                shell.run(Checkout.PGOFS.toString(), "umount", mount.root().toString())
                        .ok();
                Await.until("all processes have ended", () -> processes(mount.root())
                        .isEmpty());
                if (i == 0) {
                    before = left(mount);
                }
            }
            assertEquals(before, left(mount));
        }
    }

    /** Mounts, files of the segment directory and temporary files. */
    private static List<String> left(PgofsMount mount) throws IOException {
        TreeSet<String> left = new TreeSet<>();
        Files.readString(Path.of("/proc/self/mountinfo"))
                .lines()
                .filter(line -> line.contains(mount.root().getParent().toString()))
                .forEach(left::add);
        try (Stream<Path> files = Files.walk(mount.segments())) {
            files.map(Path::toString).forEach(left::add);
        }
        try (Stream<Path> files = Files.list(Path.of("/tmp"))) {
            files.filter(file -> file.getFileName().toString().matches("jffi.*|jnr.*|libjffi.*"))
                    .map(Path::toString)
                    .forEach(left::add);
        }
        return new ArrayList<>(left);
    }

    /** Processes that have a path among their arguments. */
    private static List<String> processes(Path path) {
        return ProcessHandle.allProcesses()
                .map(LifeCycleIT::commandLine)
                .filter(command -> command.contains("\0" + path + "\0"))
                .toList();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private void assertEnds(PgofsMount mount) throws InterruptedException {
        assertTrue(mount.daemon().waitFor(SECONDS_TO_END, TimeUnit.SECONDS), "the daemon ends");
        assertEquals(0, mount.daemon().exitValue());
        assertFalse(PgofsMount.isMounted(mount.root()));
        Await.until("the watchdog ends", () -> processes(mount.root()).isEmpty());
    }

    private void bash(PgofsMount mount, String script) {
        mount.shell()
                .bash(script, mount.root(), mount.daemon().pid(), directory)
                .ok();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "until umount $1; do sleep 0.1; done", // busy as long as the daemon proves that it is ready
                "umount -l $1",
                "until fusermount3 -u $1; do sleep 0.1; done",
                "kill -HUP $2",
                "kill -INT $2",
                "kill -TERM $2; kill -TERM $2; kill -TERM $2 || true"
            })
    void shouldEndWellHoweverItIsEnded(String script) throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            bash(mount, script);
            assertEnds(mount);
        }
    }

    @Test
    void shouldUnmountThoughAnotherNamespaceHasTheMount() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Process holder = Shell.in(directory)
                    .command("unshare", "-m", "--propagation", "private", "sh", "-c", "echo ready; read line")
                    .start();
            try {
                assertEquals('r', holder.getInputStream().read());
                Shell.in(directory)
                        .run(Checkout.PGOFS.toString(), "umount", mount.root().toString())
                        .ok();
                assertEnds(mount);
            } finally {
                holder.destroyForcibly();
            }
        }
    }

    /** What takes the directory next is here a script that waits for it, as no daemon is there so soon. */
    @Test
    void shouldLeaveTheNextHolderAloneWhenItUnmounts() throws Exception {
        String next = "import fcntl, os, sys; f = open(sys.argv[1], 'r+'); print('r', flush=True);"
                + " fcntl.lockf(f, fcntl.LOCK_EX); f.write('%-10d' % os.getpid()); f.flush();"
                + " print('held', flush=True); sys.stdin.read()";
        try (PgofsMount mount = PgofsMount.start(directory)) {
            String lock = mount.segments().resolve(".state/lock").toString();
            Process holder = Shell.in(directory)
                    .command("unshare", "-m", "--propagation", "private", "sh", "-c", "echo ready; read line")
                    .start();
            Process taker =
                    Shell.in(directory).command("python3", "-c", next, lock).start();
            try {
                assertEquals('r', holder.getInputStream().read());
                assertEquals('r', taker.getInputStream().read());
                Process umount = Shell.in(directory)
                        .command(
                                Checkout.PGOFS.toString(),
                                "umount",
                                mount.root().toString())
                        .start();
                Await.until("it is unmounted", () -> !PgofsMount.isMounted(mount.root()));
                mount.daemon().destroy();
                assertEquals(0, mount.daemon().waitFor());
                assertEquals(0, umount.waitFor());
                assertFalse(taker.waitFor(3, TimeUnit.SECONDS), "the next one was ended");
            } finally {
                holder.destroyForcibly();
                taker.destroyForcibly();
            }
        }
    }

    @Test
    void shouldNotNeedItsWatchdog() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            bash(mount, "pkill -KILL -P $2 -f pgofs-watchdog; cat $1/pgo/status");
            mount.daemon().destroy();
            assertEnds(mount);
        }
    }

    @Test
    void shouldSayThatTheDaemonWasKilledWithItsWatchdog() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            bash(mount, "pkill -KILL -P $2 -f pgofs-watchdog");
            mount.daemon().destroyForcibly().waitFor();
            for (String verb : List.of("status", "umount")) {
                Shell.Result result = Shell.in(directory)
                        .run(Checkout.PGOFS.toString(), verb, mount.root().toString());
                assertEquals(1, result.status());
                assertEquals(
                        "pgofs: the daemon of " + mount.root() + " was killed: pgofs mount " + mount.root()
                                + " repairs it, umount " + mount.root() + " removes it\n",
                        result.errors());
            }
            mount.startDaemon();
            bash(mount, "cat $1/pgo/status");
            mount.stopDaemon();
        }
    }

    @Test
    void shouldUnmountThoughADirectoryAboveWasRenamed() throws Exception {
        Path inner = Files.createDirectory(directory.resolve("inner"));
        Path moved = inner.resolveSibling("moved");
        try (PgofsMount mount = PgofsMount.start(inner)) {
            Files.move(inner, moved);
            mount.daemon().destroy();
            assertTrue(mount.daemon().waitFor(SECONDS_TO_END, TimeUnit.SECONDS));
            assertFalse(PgofsMount.isMounted(moved.resolve("mnt")));
            Files.move(moved, inner);
        }
    }

    @Test
    void shouldLetOneDaemonOnlyHaveADirectoryThoughTwoStartAtOnce() throws Exception {
        Path segments = Files.createDirectory(directory.resolve("segments"));
        for (int i = 0; i < 3; i++) {
            List<Process> daemons = new ArrayList<>();
            List<Path> errors = new ArrayList<>();
            for (String name : List.of("a", "b")) {
                Path root = Files.createDirectories(directory.resolve(name));
                Path error = directory.resolve(name + ".log");
                errors.add(error);
                daemons.add(Shell.in(directory)
                        .command(
                                Checkout.PGOFS.toString(),
                                "mount",
                                "-f",
                                "--segment-dir",
                                segments.toString(),
                                root.toString())
                        .redirectError(error.toFile())
                        .start());
            }
            Await.until("one has ended", () -> daemons.stream().anyMatch(daemon -> !daemon.isAlive()));
            int ended = daemons.get(0).isAlive() ? 1 : 0;
            Process serving = daemons.get(1 - ended);
            assertEquals(1, daemons.get(ended).exitValue());
            assertTrue(
                    Files.readString(errors.get(ended))
                            .contains("in use by another daemon, pid " + serving.pid() + ":"),
                    Files.readString(errors.get(ended)));
            Path root = directory.resolve(ended == 0 ? "b" : "a");
            Await.until("the other one serves", () -> Files.exists(root.resolve("pgo/profraw")));
            serving.destroy();
            assertEquals(0, serving.waitFor());
            Shell.in(directory).run("umount", segments.toString()).ok();
            assertFalse(PgofsMount.isMounted(segments));
        }
    }

    /** By Ctrl-C, which reaches the daemon too where it has not left for a session of its own yet. */
    @Test
    void shouldLeaveNothingBehindWhenAMountIsInterrupted() throws Exception {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            for (int milliseconds : List.of(10, 50, 200, 400, 600)) {
                Process process = Shell.in(directory)
                        .with("PGOFS_LOG", directory.resolve("log").toString())
                        .command(
                                "env",
                                "--default-signal=INT",
                                "setsid",
                                Checkout.PGOFS.toString(),
                                "mount",
                                "--segment-dir",
                                mount.segments().toString(),
                                mount.root().toString())
                        .start();
                if (!process.waitFor(milliseconds, TimeUnit.MILLISECONDS)) {
                    Shell.in(directory)
                            .run("kill", "-INT", "--", "-" + process.pid())
                            .ok();
                    assertEquals(130, process.waitFor(), milliseconds + " ms");
                    // The signal has reached all of them; the first one may be the first to have ended.
                    Await.until("all have ended, " + milliseconds + " ms", () -> processes(mount.root())
                            .isEmpty());
                    assertFalse(PgofsMount.isMounted(mount.root()), milliseconds + " ms");
                } else {
                    mount.shell()
                            .run(
                                    Checkout.PGOFS.toString(),
                                    "umount",
                                    mount.root().toString());
                }
            }
        }
    }

    @Test
    void shouldSayThatOnlyRootCanMount() throws Exception {
        // The capability is for reading the checkout.
        Shell.Result result = Shell.in(directory)
                .run(
                        "setpriv",
                        "--reuid=65534",
                        "--inh-caps=+dac_read_search",
                        "--ambient-caps=+dac_read_search",
                        Checkout.PGOFS.toString(),
                        "mount",
                        directory.toString());
        assertEquals(1, result.status());
        assertEquals("pgofs: only root can mount: use sudo, or pgofs shell\n", result.errors());
    }

    @Test
    void shouldSayThatTheLogCannotBeWritten() throws Exception {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            Shell.Result result = Shell.in(directory)
                    .with("PGOFS_LOG", directory + "/missing/log")
                    .run(
                            Checkout.PGOFS.toString(),
                            "mount",
                            "--segment-dir",
                            mount.segments().toString(),
                            mount.root().toString());
            assertEquals(1, result.status());
            assertEquals(
                    "pgofs: cannot write the log " + directory + "/missing/log: name another file with PGOFS_LOG\n",
                    result.errors());
        }
    }

    @Test
    void shouldGoOnWithALogThatIsRotatedByCopyAndTruncate() throws Exception {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            Path log = directory.resolve("log");
            Shell shell = Shell.in(directory).with("PGOFS_LOG", log.toString());
            shell.run(
                            Checkout.PGOFS.toString(),
                            "mount",
                            "--segment-dir",
                            mount.segments().toString(),
                            mount.root().toString())
                    .ok();
            Files.write(log, new byte[0]);
            mount.reset();
            Await.until("the reset is logged", () -> text(log).contains("reset"));
            assertFalse(text(log).contains("\0"), "a hole where the log was");
            shell.run(Checkout.PGOFS.toString(), "umount", mount.root().toString())
                    .ok();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
