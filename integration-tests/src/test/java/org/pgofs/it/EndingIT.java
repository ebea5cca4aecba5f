package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process counts as ended when it can count no more: not before, and not twice. */
final class EndingIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;
    private static final String LEASE = "lease";

    @TempDir
    Path directory;

    private Path program;
    private PgofsMount mount;

    @BeforeEach
    void start() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        program = TOOLCHAIN.worker(directory);
        mount = PgofsMount.prepare(directory);
    }

    @AfterEach
    void stop() {
        mount.close();
    }

    private Worker worker() throws IOException {
        return Worker.start(mount.shell(), program);
    }

    private Map<?, ?> image() {
        List<?> images = (List<?>) mount.status().get("images");
        assertEquals(1, images.size(), images::toString);
        return (Map<?, ?>) images.get(0);
    }

    private List<?> live() {
        return (List<?>) image().get("live_processes");
    }

    private long ended() {
        return (Long) image().get("ended_processes");
    }

    private long segments() {
        try (Stream<Path> files = Files.list(mount.segments())) {
            return files.filter(file -> file.getFileName().toString().startsWith("s-"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertCounted(long calls) {
        assertEquals(calls, mount.profile(TOOLCHAIN).calls("counted"));
    }

    private void assertAllEnded(long number, long calls) {
        Await.until("all have ended: " + image(), () -> ended() == number && live().isEmpty());
        Await.until("their files are gone", () -> segments() == 0);
        assertCounted(calls);
    }

    private static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String name, Object pid) {
        mount.shell().run("kill", "-" + name, pid.toString()).ok();
    }

    @Test
    void shouldNotTakeForEndedWhatOnlyLooksSo() throws Exception {
        mount.startDaemon();
        try (Worker parent = worker();
                Worker leaderless = worker();
                Worker stopped = worker();
                Worker traced = worker();
                Worker tracer = worker();
                PipedWorker clone = new PipedWorker(directory, parent, "clone");
                PipedWorker daemon = new PipedWorker(directory, parent, "daemon")) {
            clone.work(1);
            daemon.work(10);
            parent.kill();
            leaderless.work(100);
            leaderless.tell("leave");
            Await.until("the first thread has ended", () -> state(leaderless.pid()) == 'Z');
            leaderless.work(1000);
            stopped.work(10000);
            signal("STOP", stopped.pid());
            traced.work(100000);
            tracer.tell("stop-other " + traced.pid());
            assertEquals(6, segments(), "the clone has its parent's");
            assertEquals(0, ended());
            assertCounted(111111);
            mount.stopDaemon();
            mount.startDaemon(); // looks at every segment
            assertEquals(0, ended());
            assertEquals(6, segments());
            assertCounted(111111);
            mount.reset();
            clone.work(1);
            daemon.work(10);
            leaderless.work(100);
            signal("CONT", stopped.pid());
            stopped.work(1000);
            tracer.kill();
            traced.work(10000);
            assertEquals(1, ended(), "the tracer");
            assertCounted(11111);
            leaderless.kill();
            stopped.kill();
            traced.kill();
        }
        assertAllEnded(6, 11111);
        mount.killDaemon();
        mount.startDaemon();
        assertAllEnded(6, 11111);
    }

    @Test
    void shouldNoticeAnEndBehindWhichTheProcessStays() throws Exception {
        Path library = TOOLCHAIN.instrumented(
                directory.resolve("liblibrary.so"), "-fPIC", "-shared", Checkout.SOURCES.resolve("c/library.c"));
        mount.startDaemon();
        try (Worker parent = worker();
                Worker other = worker()) {
            parent.tell("fork 1");
            Object child = live().stream()
                    .filter(pid -> !pid.equals(parent.pid()) && !pid.equals(other.pid()))
                    .findFirst()
                    .orElseThrow();
            signal("KILL", child);
            Await.until("killed, and not reaped", () -> state((Long) child) == 'Z' && ended() == 1);
            assertEquals(2, live().size());
            other.work(10);
            other.tell("exec");
            Await.until("another program", () -> ended() == 2);
            assertEquals('S', state(other.pid()));
            parent.work(100);
            parent.tell("open " + library);
            Await.until("the library's, and the parent's", () -> segments() == 2);
            parent.tell("close");
            Await.until("the library is closed", () -> segments() == 1);
            parent.tell("open " + library);
            parent.work(1000);
            assertEquals(2, mount.profile(TOOLCHAIN).calls("library_counted"));
            assertCounted(1111);
            parent.end();
            Await.until("all is gone", () -> segments() == 0);
            assertEquals(2, mount.profile(TOOLCHAIN).calls("library_counted"));
            assertCounted(1111);
        }
    }

    @Test
    void shouldKeepTheCountsOfAProcessThatDiesForLackOfMemory() throws Exception {
        mount.startDaemon();
        Path limited = script("ulimit -c 0 -v 300000; exec \"%s\"".formatted(program));
        try (Worker aborted = Worker.start(mount.shell(), limited)) {
            aborted.work(5);
            assertEquals(128 + 6, aborted.die("eat"));
        }
        assertAllEnded(1, 5);
    }

    @Test
    void shouldKeepTheCountsOfAProcessThatTheKernelKillsForLackOfMemory() throws Exception {
        MemoryGroup group = MemoryGroup.make("pgofs-" + ProcessHandle.current().pid(), 64L << 20);
        assumeTrue(group != null, "no memory cgroup can be made here");
        mount.startDaemon();
        Path limited = script("echo $$ >\"%s\"; exec \"%s\"".formatted(group.processes(), program));
        try (group;
                Worker killed = Worker.start(mount.shell(), limited)) {
            killed.work(7);
            assertEquals(128 + 9, killed.die("eat"));
        }
        assertAllEnded(1, 7);
    }

    private Path script(String commands) throws IOException {
        Path script = directory.resolve("script");
        Files.writeString(script, "#!/bin/bash\n" + commands + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    /** Somebody who opens a segment for writing, over and over, breaks leases: that must neither end the daemon nor fool it. */
    @Test
    void shouldWithstandWhoBreaksItsLeases() throws Exception {
        mount.startDaemon();
        assertEquals(LEASE, mount.status().get("liveness"));
        Path breaker = TOOLCHAIN.clang(directory.resolve("breaker"), Checkout.SOURCES.resolve("c/lease_breaker.c"));
        Process breaking = mount.shell()
                .command(breaker.toString(), mount.segments().toString())
                .start();
        try {
            mount.shell()
                    .bash("for i in {1..100}; do echo work 3 | \"$1\"; done", program)
                    .ok();
            assertCounted(300);
        } finally {
            breaking.destroyForcibly().waitFor();
        }
        assertAllEnded(100, 300);
    }

    /** Without CAP_LEASE the daemon asks as the owner of each file. */
    @Test
    void shouldDoWithoutTheCapability() throws Exception {
        List<String> without = List.of("setpriv", "--bounding-set", "-lease", "--inh-caps", "-lease");
        mount.startDaemonBy(without);
        assertTrue(mount.status().get("liveness").toString().contains("as the owner"));
        Path other = script("exec setpriv --reuid 65534 --regid 65534 --clear-groups \"%s\"".formatted(program));
        try (Worker root = worker();
                Worker user = Worker.start(mount.shell(), other)) {
            root.work(1);
            user.work(10);
            signal("STOP", user.pid());
            mount.stopDaemon();
            mount.startDaemonBy(without);
            assertEquals(0, ended());
            assertEquals(2, live().size());
            signal("CONT", user.pid());
            user.work(100);
            root.end();
            user.kill();
            Await.until("both have ended", () -> ended() == 2 && segments() == 0);
            assertCounted(111);
        }
    }

    @Test
    void shouldSayAtStartWhenThereIsNoWay() {
        Shell.Result result = mount.shell()
                .run(
                        "setpriv",
                        "--bounding-set",
                        "-lease,-setuid",
                        "--inh-caps",
                        "-lease,-setuid",
                        Checkout.PGOFS.toString(),
                        "mount",
                        "--segment-dir",
                        mount.segments().toString(),
                        mount.root().toString());
        assertEquals(1, result.status());
        assertTrue(result.errors().contains("give the daemon CAP_LEASE, or else CAP_SETUID"), result::errors);
    }
}
