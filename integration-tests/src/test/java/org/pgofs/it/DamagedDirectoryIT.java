package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever root does to the files of the segment directory under a running daemon, each file of the mount answers. */
final class DamagedDirectoryIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;

    @TempDir
    Path directory;

    /** Of each file of the mount, those that are not listed too: it can be read or written. */
    private static final String ASK =
            """
            cd "$1"
            ls -R . >/dev/null
            cat profraw pgo/profraw pgo/status pgo/.status.json pgo/.daemon pgo/last-take >/dev/null
            for image in $(ls pgo/images); do
              image=pgo/images/$image
              cat "$image"/{profraw,status,last-take,take} >/dev/null
              echo 1 >"$image/reset"
            done
            cat pgo/take >/dev/null
            echo 1 >pgo/reset
            """;

    /** $1 is the file. */
    private static Stream<String> damages() {
        return Stream.of(
                "rm -rf \"$1\"",
                "mv \"$1\" \"$1-away\"",
                "rm -rf \"$1\"; mkdir \"$1\"",
                "rm -rf \"$1\"; mkfifo \"$1\"",
                "rm -rf \"$1\"; ln -s /etc/passwd \"$1\"",
                "rm -rf \"$1\"; echo other >\"$1\"",
                "rm -rf \"$1\"; echo other >\"$1\"; chown 12345 \"$1\"",
                "[ -d \"$1\" ] || : >\"$1\"",
                "[ -d \"$1\" ] || printf 'x%.0s' {1..64} | dd of=\"$1\" conv=notrunc status=none",
                "chmod 0 \"$1\"");
    }

    @ParameterizedTest
    @MethodSource("damages")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldAnswerWhateverBecomesOfAFile(String damage) throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            List<String> failures = new ArrayList<>();
            for (String name : names(mount, program)) {
                populate(mount, program);
                try (Worker live = Worker.start(mount.shell(), program)) {
                    live.work(1); // not after the damage: a truncated segment kills at the next count
                    Path file = find(mount, name);
                    mount.shell().bash(damage, file).ok();
                    for (int i = 0; i < 2; i++) {
                        Shell.Result result = mount.shell().bash(ASK, mount.root());
                        if (result.status() != 0) {
                            failures.add(name + ": " + result.errors());
                        }
                    }
                }
                assertCounts(mount, program, name);
            }
            assertEquals(List.of(), failures);
            assertTrue(mount.daemon().isAlive());
        }
    }

    @ParameterizedTest
    @MethodSource("damages")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldUnmountWhateverBecomesOfTheLock(String damage) throws Exception {
        for (String file : List.of(".state", ".state/lock")) {
            Path own = Files.createTempDirectory(directory, "own");
            try (PgofsMount mount = PgofsMount.start(own)) {
                mount.shell().bash(damage, mount.segments().resolve(file)).ok();
                mount.shell()
                        .run(Checkout.PGOFS.toString(), "umount", mount.root().toString())
                        .ok();
                assertEquals(0, mount.daemon().waitFor(), file);
            }
        }
    }

    /** A process that ended and counts of it that are saved, one take, and one process that was refused. */
    private static void populate(PgofsMount mount, Path program) throws Exception {
        try (Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(1);
            worker.end();
        }
        mount.shell().bash("(ulimit -f 0; \"$1\" </dev/null) | cat", program).ok();
        mount.shell()
                .bash("cat \"$1\"/pgo/take >/dev/null || true", mount.root())
                .ok();
    }

    /** The kinds of files, each by what is common to the names of its files. */
    private static List<String> names(PgofsMount mount, Path program) throws Exception {
        populate(mount, program);
        try (Worker live = Worker.start(mount.shell(), program)) {
            live.work(1);
            mount.reset();
            try (Stream<Path> files = Files.walk(mount.segments())) {
                return files.filter(file -> !file.equals(mount.segments()))
                        .map(file -> kind(mount, file))
                        .distinct()
                        .sorted()
                        .toList();
            }
        }
    }

    private static String kind(PgofsMount mount, Path file) {
        return mount.segments().relativize(file).toString().replaceFirst("-.*", "-");
    }

    private static Path find(PgofsMount mount, String kind) throws IOException {
        try (Stream<Path> files = Files.walk(mount.segments())) {
            return files.filter(file -> kind(mount, file).equals(kind))
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Programs that start afterwards count. */
    private static void assertCounts(PgofsMount mount, Path program, String name) throws Exception {
        try (Worker worker = Worker.start(mount.shell(), program)) {
            mount.shell().bash("echo 1 >\"$1\"/pgo/reset || true", mount.root());
            long before = calls(mount);
            worker.work(7);
            assertEquals(before + 7, calls(mount), name);
        }
    }

    private static long calls(PgofsMount mount) {
        return mount.profile(TOOLCHAIN).calls("counted");
    }
}
