package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user who is not root can do to a mount, to its segment directory, and to what others count. */
final class OtherUserIT {
    private static final int USER = 54321;

    /** While a user attacks. */
    private static final int READS = 20;

    @TempDir
    Path directory;

    @BeforeEach
    void letOthersIn() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Shell.Result asUser(PgofsMount mount, String script, Object... arguments) {
        String[] command = Stream.concat(
                        Stream.of(
                                "setpriv",
                                "--reuid=" + USER,
                                "--regid=" + USER,
                                "--clear-groups",
                                "bash",
                                "-c",
                                script,
                                "x"),
                        Stream.of(arguments).map(Object::toString))
                .toArray(String[]::new);
        return mount.shell().run(command);
    }

    private static void assertRefused(PgofsMount mount, String script, Object... arguments) {
        assertNotEquals(0, asUser(mount, script, arguments).status(), script);
    }

    @Test
    void shouldKeepProfilesResetAndSegmentsFromOthers() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(3);
            Path segment;
            try (Stream<Path> files = Files.list(mount.segments())) {
                segment = files.filter(file -> file.getFileName().toString().startsWith("s-"))
                        .findAny()
                        .orElseThrow();
            }
            assertRefused(mount, "ls $1", mount.segments());
            assertRefused(mount, "cat $1", segment);
            assertRefused(mount, "echo > $1", segment);
            assertRefused(mount, "rm -f $1", segment);
            assertRefused(mount, "mv $1 $2", segment, mount.segments().resolve("s-1"));
            assertRefused(mount, "ls $1/.state", mount.segments());
            assertRefused(mount, "cat $1/.refused", mount.segments());
            for (String file : List.of("profraw", "pgo/profraw", "pgo/take", "pgo/last-take", "pgo/status")) {
                assertRefused(mount, "cat $1", mount.root().resolve(file));
            }
            assertRefused(mount, "echo 1 > $1", mount.root().resolve("pgo/reset"));
            assertEquals(3, mount.profile(Toolchain.DEFAULT).calls("counted"));
        }
    }

    @Test
    void shouldLetTheUserOfTheMountReadAndReset() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            mount.startDaemon("-o", "mode=0500,uid=" + USER);
            try (Worker worker = Worker.start(mount.shell(), program)) {
                worker.work(3);
                asUser(mount, "cat $1 | wc -c", mount.profraw()).ok();
                asUser(mount, "echo 1 > $1", mount.root().resolve("pgo/reset")).ok();
                assertEquals(0, mount.profile(Toolchain.DEFAULT).calls("counted"));
            }
        }
    }

    @Test
    void shouldCountTheUsersOfTheMountOnly() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            mount.startDaemon("-o", "users=65533:" + USER);
            try (Worker left = Worker.start(mount.shell(), program)) {
                left.work(3);
                asUser(mount, "echo work 5 | $1", program).ok();
                assertEquals(5, mount.profile(Toolchain.DEFAULT).calls("counted"));
                String status = mount.status().toString();
                assertTrue(status.contains("is excluded by -o users="), status);
            }
        }
    }

    @Test
    @Timeout(600)
    void shouldServeOnBesideAHostileUser() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        Files.copy(Checkout.SOURCES.resolve("python/attack.py"), directory.resolve("attack.py"));
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            mount.startDaemon("--user-limits", "segments=20");
            try (Worker worker = Worker.start(mount.shell(), program)) {
                worker.work(3);
                Path log = directory.resolve("attack.log");
                Process attack = mount.shell()
                        .command(
                                "setpriv",
                                "--reuid=" + USER,
                                "--regid=" + USER,
                                "--clear-groups",
                                "/usr/bin/python3",
                                directory.resolve("attack.py").toString(),
                                mount.segments().toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
                try {
                    Await.until(
                            "the attack is felt", () -> (Long) mount.status().get("more_dropped") > 0);
                    for (int i = 0; i < READS; i++) {
                        assertEquals(3, mount.profile(Toolchain.DEFAULT).calls("counted"));
                    }
                    assertTrue(attack.isAlive(), "the attack went on: " + Files.readString(log));
                } finally {
                    attack.destroyForcibly().waitFor();
                }
                assertTrue(mount.daemon().isAlive());

                worker.work(4);
                assertEquals(7, mount.profile(Toolchain.DEFAULT).calls("counted"));
                Map<?, ?> status = (Map<?, ?>) Json.parse(mount.shell()
                        .run(
                                Checkout.PGOFS.toString(),
                                "status",
                                "--json",
                                mount.root().toString())
                        .ok()
                        .output());
                assertEquals(1, ((List<?>) status.get("images")).size(), status::toString);
                assertTrue(((List<?>) status.get("dropped")).size() <= 1000, "a bounded list");
                assertTrue((Long) status.get("more_dropped") > 0, status::toString);
                assertEquals("root:x", Files.readString(Path.of("/etc/passwd")).substring(0, 6));
            }
        }
    }
}
