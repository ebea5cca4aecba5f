package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
