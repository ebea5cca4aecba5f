package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that cannot publish runs as if nothing were there. */
final class UnpublishedIT {
    private static final String TELL = "printf 'work 5\\nfork 5\\n' | \"$1\"";

    @TempDir
    Path directory;

    @Test
    void shouldRunSilentlyWithoutASegmentDirectory() {
        Path program = Toolchain.DEFAULT.worker(directory);
        Shell.Result result = Shell.in(directory)
                .with("PGOFS_SEGMENT_DIR", directory.resolve("missing").toString())
                .bash(TELL, program)
                .ok();
        assertEquals("done\ndone\n", result.output());
        assertEquals("", result.errors());
    }

    @Test
    void shouldLeaveNothingBehindWhereTheDirectoryIsNotFitForSegments() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        Path open = Files.createDirectory(directory.resolve("open"));
        Shell.in(directory).run("chmod", "777", open.toString()).ok();
        Shell.Result result = Shell.in(directory)
                .with("PGOFS_SEGMENT_DIR", open.toString())
                .bash(TELL, program)
                .ok();
        assertEquals("done\ndone\n", result.output());
        assertEquals("", result.errors());
        try (Stream<Path> files = Files.list(open)) {
            assertEquals(0, files.count());
        }
    }

    /** A limit of 0 forbids even a byte in the log of refusals. */
    @Test
    void shouldBeCountedByReason() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            for (int limit : new int[] {0, 0, 1}) {
                Shell.Result result = mount.shell()
                        .bash("(ulimit -f %d; %s) | cat".formatted(limit, TELL), program)
                        .ok();
                assertEquals("done\ndone\n", result.output());
                assertEquals("", result.errors());
            }
            assertEquals(
                    Map.of("limit of file size or of open files (ulimit -f, ulimit -n)", 3L),
                    mount.status().get("refused"));
            assertEquals(List.of(), mount.status().get("dropped"));
        }
    }

    /** What programs counted before the first mount is there; but nobody empties the directory while no daemon runs. */
    @Test
    void shouldBeThoseThatStartWhenMuchIsHeldAndNoDaemonRuns() throws Exception {
        String work = "echo work 5 | \"$1\"";
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            mount.shell().bash(work, program).ok();
            String much = mount.segments().resolve(".much").toString();
            mount.shell().run("fallocate", "-l", "257M", much).ok();
            assertEquals("done\n", mount.shell().bash(work, program).ok().output());
            String doctor =
                    mount.shell().run(Checkout.PGOFS.toString(), "doctor").output();
            assertTrue(doctor.contains("holds more than 256 MiB and no daemon runs"), doctor);

            mount.startDaemon();
            mount.shell().bash(work, program).ok();
            assertEquals(10, mount.profile(Toolchain.DEFAULT).calls("counted"));
            String reason =
                    "no room in the segment directory: its tmpfs is full, or it held more than 256 MiB while no daemon ran";
            assertEquals(Set.of(reason), ((Map<?, ?>) mount.status().get("refused")).keySet());
        }
    }

    @Test
    void shouldBeSwitchedOffByTheEnvironment() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker off = Worker.start(mount.shell().with("PGOFS_DISABLE", "1"), program);
                Worker on = Worker.start(mount.shell(), program)) {
            off.work(5);
            on.work(3);
            assertEquals(3, mount.profile(Toolchain.DEFAULT).calls("counted"));
        }
    }
}
