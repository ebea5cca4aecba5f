package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration that newcomers see. */
final class DemoIT {
    private static final Path DEMO = Checkout.ROOT.resolve("integration-tests/demo/run");

    @TempDir
    Path directory;

    @Test
    void shouldShowTheWholeWorkflow() throws Exception {
        Shell.Result result = shell().run(DEMO.toString(), "14").ok();
        String output = result.output();
        assertTrue(output.contains("$ echo 1 > mnt/pgo/reset"), output);
        assertTrue(output.contains("$ cat mnt/pgo/images/{rulesd,librules.so}-*/profraw >server.profraw"), output);
        assertTrue(output.contains("compile.c:level, max count ="), output);
        // On a busy machine it may say that this is no gain.
        assertTrue(output.matches("(?s).*The profile made the server \\d\\.\\d\\d times as fast\\.\n.*"), output);
        assertEquals("", result.errors());
        assertNothingLeft();
    }

    @Test
    void shouldCleanUpWhenItIsInterrupted() throws Exception {
        Process demo = shell().with("PGOFS_DEMO_REQUESTS", "1000000000")
                .command("env", "--default-signal=INT", "setsid", DEMO.toString(), "14")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(demo.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            do {
                line = output.readLine();
            } while (!line.startsWith("$ echo 1 >"));
            // As Ctrl-C does: to all of the group, which is alone in its session.
            Shell.in(directory).run("kill", "-INT", "--", "-" + demo.pid()).ok();
            while (output.readLine() != null) {
                // until it has ended
            }
            assertEquals(130, demo.waitFor());
        }
        assertNothingLeft();
    }

    private Shell shell() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        return Shell.in(directory)
                .with("TMPDIR", directory.toString())
                .with("PGOFS_DEMO_REQUESTS", "20000")
                .with("PATH", Checkout.PGOFS.getParent() + ":" + System.getenv("PATH"));
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(0, left.count());
        }
    }
}
