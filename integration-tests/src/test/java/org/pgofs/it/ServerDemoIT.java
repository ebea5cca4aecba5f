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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The demonstrations with real servers, which take minutes. */
final class ServerDemoIT {
    private static final String VERSION = "22";
    private static final Path RUN = Checkout.ROOT.resolve("integration-tests/demo/run");

    @TempDir
    Path directory;

    /** The workers of nginx, another user, pass through it. */
    @BeforeEach
    void open() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }

    @ParameterizedTest
    @CsvSource({"redis, processCommand", "nginx, ngx_http_create_request"})
    @EnabledIfSystemProperty(named = "pgofs.full", matches = "true")
    @Timeout(1800)
    void shouldProfileAndRebuildARealServer(String name, String counted) throws Exception {
        Demo demo = Demo.start(directory, RUN.toString(), VERSION, name);
        String output = demo.readUntil("never");
        assertEquals(0, demo.process.waitFor(), output);
        assertTrue(output.contains("with the calls of " + counted + " in the profile"), output);
        assertTrue(output.matches("(?s).* copied when killed +(\\d+) +\\1\n.*"), output);
        assertTrue(output.matches("(?s).*\nThe profile made the server \\d\\.\\d\\d times as fast\\.\n.*"), output);
        assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "nginx"})
    @EnabledIfSystemProperty(named = "pgofs.full", matches = "true")
    @Timeout(1800)
    void shouldCleanUpWhenItIsInterrupted(String name) throws Exception {
        Demo demo = Demo.start(directory, "env", "--default-signal=INT", "setsid", RUN.toString(), VERSION, name);
        demo.readUntil("$ echo 1 >");
        // As Ctrl-C does: to all of the group, which is alone in its session.
        Shell.in(directory).run("kill", "-INT", "--", "-" + demo.process.pid()).ok();
        demo.readUntil("never");
        assertEquals(130, demo.process.waitFor());
        assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"apache", "lib", "redis nginx"})
    void shouldRefuseUnknownNames(String names) {
        for (String program : new String[] {Checkout.ROOT.resolve("pgofs") + " demo", RUN + " " + VERSION}) {
            Shell.Result result = Shell.in(directory).bash(program + " " + names);
            assertEquals(2, result.status());
            assertEquals("", result.output());
            assertTrue(result.errors().matches("pgofs.*: there is no demo '" + names + "'; .*\n"), result.errors());
        }
    }

    @Test
    void shouldListTheServers() {
        String help = Shell.in(directory)
                .run(Checkout.ROOT.resolve("pgofs").toString(), "demo", "--help")
                .ok()
                .output();
        assertTrue(help.contains("  redis      ") && help.contains("  nginx      "), help);
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(0, left.count());
        }
    }

    /** A demonstration that runs. */
    private record Demo(Process process, BufferedReader output) {
        static Demo start(Path directory, String... command) throws IOException {
            Process process = Shell.in(directory)
                    .with("TMPDIR", directory.toString())
                    .with("PATH", Checkout.PGOFS.getParent() + ":" + System.getenv("PATH"))
                    .command(command)
                    .redirectErrorStream(true)
                    .start();
            return new Demo(
                    process,
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
        }

        /** Up to the line that starts so, or to the end. */
        String readUntil(String start) throws IOException {
            StringBuilder text = new StringBuilder();
            String line;
            do {
                line = output.readLine();
                text.append(line == null ? "" : line + "\n");
            } while (line != null && !line.startsWith(start));
            return text.toString();
        }
    }
}
