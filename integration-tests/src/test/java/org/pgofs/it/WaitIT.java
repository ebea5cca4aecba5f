package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pgofs wait --converged}, of a program with two phases. */
final class WaitIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;
    private static final String SOON = "2";

    /** Each phase has a function of its own; the second one counts more, so that it soon is all that matters. */
    private static final String TWO_PHASES =
            """
            #include <signal.h>
            #include <unistd.h>
            volatile sig_atomic_t second;
            __attribute__((noinline)) void one(void) { __asm__ volatile(""); }
            __attribute__((noinline)) void two(void) { __asm__ volatile(""); }
            void next(int signal) { (void)signal; second = 1; }
            int main(void) {
              signal(SIGUSR1, next);
              for (;; usleep(1000)) {
                for (int i = 0; !second && i < 10; i++) one();
                for (int i = 0; second && i < 100000; i++) two();
              }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void shouldReachLoseAndReachAgain() throws Exception {
        Path source = Files.writeString(directory.resolve("phases.c"), TWO_PHASES);
        Path program = TOOLCHAIN.instrumented(directory.resolve("phases"), source);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            assertFalse(isWatched(mount));
            Shell.Result nobody = pgofs(mount, "1s", SOON, "phases");
            assertEquals(3, nobody.status(), nobody.errors());
            assertTrue(nobody.errors().endsWith("nothing counted yet: does phases run?\n"), nobody.errors());

            Process phases = mount.shell().command(program.toString()).start();
            try {
                Shell.Result reached = pgofs(mount, "3m", SOON, "phases").ok();
                assertTrue(
                        reached.output()
                                .matches("converged: \\d+ of \\d+ counters are not 0; nothing new for \\d+ s;"
                                        + " \\d+\\.\\d % overlap with \\d+ s ago\n"),
                        reached.output());
                String status = Files.readString(mount.root().resolve("pgo/status"));
                assertTrue(status.contains("  watched         nothing new for "), status);

                Shell.in(directory).run("kill", "-USR1", "" + phases.pid()).ok();
                AtomicReference<Shell.Result> lost = new AtomicReference<>();
                Await.until("the second phase is seen", () -> {
                    lost.set(pgofs(mount, "0", "0", "phases")); // whatever is new, the shares are others
                    return lost.get().status() == 3;
                });
                assertTrue(lost.get().errors().contains("; wanted are 0 s and 99 %"), lost.get()::errors);

                String again = pgofs(mount, "3m", SOON, "phases").ok().output();
                assertTrue(again.matches(".*; (99|100)\\.\\d % overlap with \\d+ s ago\n"), again);
                pgofs(mount, "3m", SOON).ok();
                Shell.Result tooSoon = pgofs(mount, "0", "1h", "phases"); // whatever the shares are, this is too new
                assertEquals(3, tooSoon.status(), tooSoon.output());
            } finally {
                phases.destroyForcibly();
            }
        }
    }

    /** What the daemon calls the overlap is what llvm-profdata does. */
    @Test
    void shouldTellTheOverlapOfLlvmProfdata() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(7000);
            Path before = Files.copy(mount.profraw(), directory.resolve("before.profraw"));
            Map<?, ?> first = history(mount);
            assertEquals(List.of(), first.get("overlaps"));
            worker.work(11000);
            worker.tell("fork 900");
            Path after = Files.copy(mount.profraw(), directory.resolve("after.profraw"));
            Map<?, ?> second = history(mount);
            Map<?, ?> overlap = (Map<?, ?>) ((List<?>) second.get("overlaps")).get(0);
            String expected = Shell.in(directory)
                    .bash(
                            "for f in before after; do $1 merge -o $f.profdata $f.profraw; done;"
                                    + " $1 overlap before.profdata after.profdata"
                                    + " | sed -n 's/.*Edge profile overlap: \\(.*\\)%/\\1/p'",
                            "llvm-profdata-14", before, after)
                    .ok()
                    .output();
            assertEquals(Double.parseDouble(expected), (Double) overlap.get("percent"), 0.01);
            Map<?, ?> image = (Map<?, ?>) ((List<?>) mount.status().get("images")).get(0);
            assertEquals(image.get("nonzero_counters"), second.get("nonzero"));
            assertEquals(second, image.get("history"));
        }
    }

    @Test
    void shouldShowProgressAndEndByCtrlC() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(1);
            Path errors = directory.resolve("errors");
            Process wait = Shell.in(directory)
                    .command(
                            "env",
                            "--default-signal=INT", // which a job in the background inherits as ignored
                            Checkout.PGOFS.toString(),
                            "wait",
                            "--converged",
                            mount.root().toString())
                    .redirectError(errors.toFile())
                    .start();
            Await.until("progress", () -> read(errors).contains("counters are not 0; nothing new for "));
            Shell.in(directory).run("kill", "-INT", "" + wait.pid()).ok();
            assertTrue(wait.waitFor(3, TimeUnit.MINUTES));
            assertEquals(130, wait.exitValue());
            assertEquals("", new String(wait.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
            assertFalse(read(errors).contains("Exception"), () -> read(errors));

            for (String wrong : List.of("--timeout 5x", "--overlap 101", "--overlap NaN", "--since 2m", "--quiet -1")) {
                Shell.Result result = Shell.in(directory)
                        .run(
                                Checkout.PGOFS.toString(),
                                "wait",
                                "--converged",
                                wrong.substring(0, wrong.indexOf(' ')),
                                wrong.substring(wrong.indexOf(' ') + 1));
                assertEquals(2, result.status(), wrong);
                assertEquals(1, result.errors().lines().count(), result.errors());
            }
            Shell.Result bare = Shell.in(directory).run(Checkout.PGOFS.toString(), "wait");
            assertEquals("pgofs: Missing required option: '--converged'; see pgofs wait --help\n", bare.errors());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isWatched(PgofsMount mount) throws IOException {
        return Files.readString(mount.root().resolve("pgo/status")).contains("watched");
    }

    private static Map<?, ?> history(PgofsMount mount) throws IOException {
        return (Map<?, ?>) Json.parse(Files.readString(mount.root().resolve("pgo/.history")));
    }

    private Shell.Result pgofs(PgofsMount mount, String timeout, String quiet, String... words) {
        List<String> command = new ArrayList<>(List.of(Checkout.PGOFS.toString(), "wait", "--converged"));
        command.addAll(List.of("--timeout", timeout, "--quiet", quiet, "--since", "1s"));
        command.addAll(List.of(words));
        command.add(mount.root().toString());
        return Shell.in(directory).run(command.toArray(String[]::new));
    }
}
