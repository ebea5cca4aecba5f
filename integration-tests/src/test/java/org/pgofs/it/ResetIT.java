package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A reset is exact, whatever the program does meanwhile. */
final class ResetIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldCountExactlyWhatCameAfterTheResetWhileAnotherThreadSpins(Toolchain toolchain) throws Exception {
        Path program = toolchain.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.tell("spin");
            for (int round = 1; round <= 100; round++) {
                mount.reset();
                worker.work(round);
                assertEquals(round, mount.profile(toolchain).calls("counted"), "round " + round);
                Await.until("the thread spins", () -> mount.profile(toolchain).calls("spun") > 0);
            }
        }
    }

    @Test
    void shouldResetByAnyWriteAndByEachOfSeveral() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.tell("spin");
            Path reset = mount.root().resolve("pgo/reset");
            for (String text : new String[] {"0", "a\nb\n", "x".repeat(10000)}) {
                worker.work(3);
                Files.writeString(reset, text, StandardOpenOption.WRITE);
                assertEquals(0, mount.profile(Toolchain.DEFAULT).calls("counted"), text);
            }
            worker.work(3);
            Shell.in(directory).bash(": >\"$1\"; : >>\"$1\"", reset).ok();
            assertEquals(3, mount.profile(Toolchain.DEFAULT).calls("counted"), "opening without writing is no reset");
        }
    }
}
