package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs in containers, which see the segment directory by a bind mount. */
final class ContainerIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;

    /** How a container is started; all but the last as container engines do it. */
    private static final String ROOT = "unshare --mount --pid --fork --kill-child --mount-proc";

    private static final String ROOTLESS = "setpriv --reuid 12345 --regid 12345 --clear-groups unshare --user"
            + " --map-root-user --mount --pid --fork --kill-child --mount-proc";

    @TempDir
    Path directory;

    private Path program;

    @BeforeEach
    void prepare() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Files.createDirectory(directory.resolve("inside"));
        program = TOOLCHAIN.worker(directory);
    }

    /** What starts the program in a container. */
    private Path container(String engine, String options) throws IOException {
        Path script = directory.resolve("container");
        Files.writeString(
                script,
                """
                #!/bin/sh
                exec %s -- sh -c 'mount --bind %s "$PGOFS_SEGMENT_DIR" "$1" && export PGOFS_SEGMENT_DIR="$1" && exec "$2"' \
                sh %s %s
                """
                        .formatted(engine, options, directory.resolve("inside"), program));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    private static Map<?, ?> image(PgofsMount mount) throws IOException {
        Map<?, ?> status = (Map<?, ?>) Json.parse(Files.readString(mount.root().resolve("pgo/.status.json")));
        List<?> images = (List<?>) status.get("images");
        assertEquals(1, images.size(), "images");
        return (Map<?, ?>) images.get(0);
    }

    private static long files(PgofsMount mount, String prefix) {
        try (Stream<Path> files = Files.list(mount.segments())) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ROOT, ROOTLESS})
    void shouldCountInAContainerAndSeeItsEnd(String engine) throws Exception {
        Path container = container(engine, "");
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker outside = Worker.start(mount.shell(), program)) {
            outside.work(1);
            outside.end();
            for (int i = 1; i <= 3; i++) {
                try (Worker inside = Worker.start(mount.shell(), container)) {
                    inside.work(10);
                    assertEquals(1 + 10 * i, mount.profile(TOOLCHAIN).calls("counted"));
                    List<?> pids = (List<?>) image(mount).get("live_processes");
                    assertEquals(1, pids.size());
                    assertNotEquals(inside.pid(), pids.get(0), "the pid is that of the container");
                    inside.kill();
                }
                Await.until("the segment is gone", () -> files(mount, "s-") == 0);
                assertEquals(1L + i, image(mount).get("ended_processes"));
                assertEquals(1 + 10 * i, mount.profile(TOOLCHAIN).calls("counted"));
            }
            mount.reset();
            assertEquals(0, Files.size(mount.profraw()));
            assertEquals(engine.equals(ROOT) ? 1 : 2, files(mount, "i-"), "image files: one for each user");
        }
    }

    /** As container engines map the users of a container, of which nobody looks as root of the machine does. */
    @Test
    void shouldCountInAContainerWithAnotherRangeOfUsers() throws Exception {
        Path script = directory.resolve("mapped");
        Files.writeString(
                script,
                """
                #!/bin/bash
                mkfifo ready
                unshare --user --mount sh -c 'echo >ready; exec setpriv --pdeathsig KILL sleep 600' &
                read -r <ready
                echo 0 100000 65536 | tee /proc/$!/uid_map >/proc/$!/gid_map
                nsenter --target $! --user --mount --setuid 0 --setgid 0 %s
                """
                        .formatted(container("env", "")));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker inside = Worker.start(mount.shell(), script)) {
            inside.work(5);
            assertEquals(5, mount.profile(TOOLCHAIN).calls("counted"));
            inside.end();
            assertEquals(5, mount.profile(TOOLCHAIN).calls("counted"));
            assertEquals(1L, image(mount).get("ended_processes"));
        }
    }

    /** As in a unit with ProtectSystem=strict. */
    @Test
    void shouldRunOnWhereTheDirectoryIsReadOnly() throws Exception {
        Path container = container(ROOT, "-o ro");
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Shell.Result result =
                    mount.shell().bash("echo work 5 | \"$1\"", container).ok();
            assertEquals("done\n", result.output());
            assertEquals("", result.errors());
            assertEquals(0, Files.size(mount.profraw()));
        }
    }
}
