package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever tool reads the profile gets all of it, and one moment of it. */
final class CopyIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;
    private static final int COPIES = 200;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cp -a \"$1\" \"$2\"",
                "cp \"$1\" \"$2\"",
                "cat \"$1\" >\"$2\"",
                "dd if=\"$1\" of=\"$2\" bs=1 status=none",
                "dd if=\"$1\" of=\"$2\" bs=1M status=none",
                "tar -C \"${1%/*}\" -c profraw | tar -xO >\"$2\"",
                "rsync -a \"$1\" \"$2\"",
                "python3 -c 'import shutil, sys; shutil.copy2(*sys.argv[1:])' \"$1\" \"$2\"",
                "gzip -c \"$1\" | gunzip >\"$2\"",
                "tail -c +1 \"$1\" >\"$2\"",
            })
    void shouldGiveEveryToolTheSameBytes(String tool) throws Exception {
        Path program = TOOLCHAIN.workerWithLibrary(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(1234567);
            worker.end();
            Path copy = directory.resolve("copy");
            Shell.in(directory).bash(tool, mount.profraw(), copy).ok();
            byte[] expected = Files.readAllBytes(mount.profraw());
            assertTrue(expected.length > 128, "more than a header");
            assertArrayEquals(expected, Files.readAllBytes(copy));
            assertEquals(expected.length, Files.size(mount.profraw()));
            Shell.in(directory)
                    .bash("test \"$(sha256sum <\"$1\")\" = \"$(sha256sum <\"$2\")\"", mount.profraw(), copy)
                    .ok();
            assertEquals(1234567, Profile.of(TOOLCHAIN, copy).calls("counted"));
        }
    }

    /** Some tools ask for the size before they open the file, and believe it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tar -C \"$1/pgo\" -c profraw | tar -xO >\"$2\"",
                "tar -c \"$1\" | tar -xO \"${1#/}/pgo/profraw\" >\"$2\"",
                "rsync -a \"$1/pgo/profraw\" \"$2\"",
                "rsync -a \"$1/pgo/\" all; mv all/profraw \"$2\"",
                "cp -a \"$1\" all; mv all/pgo/profraw \"$2\"",
                "python3 -c 'import shutil, sys; shutil.copy2(sys.argv[1] + \"/pgo/profraw\", sys.argv[2])' \"$1\" \"$2\"",
            })
    void shouldGiveEveryToolTheValues(String tool) throws Exception {
        Path sources = Checkout.SOURCES.resolve("resources/linkmatrix");
        Path program = TOOLCHAIN.instrumented(
                directory.resolve("program"),
                sources.resolve("main.c"),
                sources.resolve("first.c"),
                sources.resolve("second.c"));
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().run(program.toString()).ok();
            Path copy = directory.resolve("copy");
            Shell.in(directory).bash(tool, mount.root(), copy).ok();
            byte[] expected = Files.readAllBytes(mount.profraw());
            assertArrayEquals(expected, Files.readAllBytes(copy));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cp -a \"$1\" copy", "tar -C \"${1%/*}\" -c profraw | tar -xO >copy"})
    void shouldGiveConsistentCopiesWhileProgramsRun(String tool) throws Exception {
        Path program = TOOLCHAIN.workerWithLibrary(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker spinning = Worker.start(mount.shell(), program);
                Worker working = Worker.start(mount.shell(), program)) {
            spinning.tell("spin");
            working.tell("fork 1");
            for (int i = 1; i <= COPIES; i++) {
                working.work(1);
                mount.shell().bash(tool, mount.profraw()).ok();
                Profile profile = Profile.of(TOOLCHAIN, directory.resolve("copy"));
                assertEquals(1 + i, profile.calls("counted"), "copy " + i);
            }
        }
    }

    @Test
    void shouldLetTheWholeMountBeCopied() throws Exception {
        Path program = TOOLCHAIN.workerWithLibrary(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(5);
            Path copy = directory.resolve("whole");
            Shell.in(directory)
                    .run("cp", "-a", mount.root().toString(), copy.toString())
                    .ok();
            assertEquals(5, Profile.of(TOOLCHAIN, copy.resolve("pgo/profraw")).calls("counted"));
            assertEquals(5, Profile.of(TOOLCHAIN, copy.resolve("profraw")).calls("counted"));
            assertEquals(0, Files.size(copy.resolve("pgo/reset")));
            worker.work(1);
            assertEquals(6, mount.profile(TOOLCHAIN).calls("counted"), "copying reset nothing");
        }
    }
}
