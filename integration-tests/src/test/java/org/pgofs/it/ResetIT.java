package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
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

    /** As of a program that was built again, by another compiler: its raw version would be that of the whole file. */
    @Test
    void shouldLetTheImagesGoOfWhichNoProcessRuns() throws Exception {
        Path older = new Toolchain(19).worker(directory);
        Path newer = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            try (Worker worker = Worker.start(mount.shell(), older)) {
                worker.work(3);
                worker.end();
            }
            assertEquals(3, mount.profile(new Toolchain(19)).calls("counted"));
            mount.reset();
            Shell.Result refused = Shell.in(directory)
                    .run(Toolchain.DEFAULT.profdata(), "show", mount.copy().toString());
            assertTrue(refused.errors().endsWith(": empty raw profile file\n"), refused.errors());
            assertEquals("", images(mount));
            try (Worker worker = Worker.start(mount.shell(), newer)) {
                worker.work(2);
                assertEquals(2, mount.profile(Toolchain.DEFAULT).calls("counted"));
                assertTrue(images(mount).startsWith("worker14-"), images(mount));
            }
        }
    }

    /** Where the compiler likes to keep counts in registers, which a fork copies too. */
    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldCountALoopThatDoesNotEnd(Toolchain toolchain) throws Exception {
        Path program = toolchain.instrumented(directory.resolve("endless"), Checkout.SOURCES.resolve("c/endless.c"));
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker server = Worker.start(mount.shell(), program)) {
            for (int i = 0; i < 57; i++) {
                server.tell("warm up");
            }
            assertEquals(58, most(mount, toolchain, "main"));
            mount.reset();
            for (int i = 0; i < 100; i++) {
                server.tell("work");
            }
            server.tell("fork 20");
            assertEquals(101, most(mount, toolchain, "main"));
            assertEquals(
                    20,
                    mount.profile(toolchain).counts().entrySet().stream()
                            .filter(function -> function.getKey().endsWith("answer"))
                            .flatMap(function -> function.getValue().get(0).stream())
                            .filter(count -> count != 101)
                            .mapToLong(Long::longValue)
                            .max()
                            .orElse(0));
            server.end();
            assertEquals(101, most(mount, toolchain, "main"));
        }
    }

    private static long most(PgofsMount mount, Toolchain toolchain, String function) {
        return Collections.max(mount.profile(toolchain).counts().get(function).get(0));
    }

    private static String images(PgofsMount mount) {
        return Shell.in(mount.root()).run("ls", "pgo/images").ok().output();
    }
}
