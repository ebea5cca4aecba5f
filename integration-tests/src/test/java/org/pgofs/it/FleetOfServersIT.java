package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** nginx and Redis on three machines, of which each loses something by SIGKILL: what they count is in the merged profile once. */
@EnabledIfSystemProperty(named = "pgofs.full", matches = "true")
final class FleetOfServersIT {
    private static final Path SERVERS = Checkout.SOURCES.resolve("resources/fleet/servers");
    private static final Pattern LEDGER = Pattern.compile("nginx (\\d+) \\1\nredis (\\d+) \\2\n");

    @TempDir
    Path directory;

    private void assertExact(Shell shell, String store) {
        Shell.Result result = shell.with("TMPDIR", directory.toString())
                .with("PATH", Checkout.PGOFS.getParent() + ":" + System.getenv("PATH"))
                .patient()
                .run(SERVERS.toString(), store, "22")
                .ok();
        Matcher ledger = LEDGER.matcher(result.output());
        assertTrue(ledger.matches(), () -> result.output() + result.errors());
        assertTrue(Long.parseLong(ledger.group(1)) > 100 && Long.parseLong(ledger.group(2)) > 100_000, result.output());
    }

    @Test
    @Timeout(1800)
    void shouldBeExactInADirectory() throws IOException {
        assertExact(
                Shell.in(directory),
                Files.createDirectory(directory.resolve("store")).toString());
    }

    @Test
    @Timeout(1800)
    void shouldBeExactInABucket() throws Exception {
        try (S3Server server = S3Server.start(Files.createDirectory(directory.resolve("buckets")))) {
            server.bucket("fleet");
            assertExact(server.shell(Shell.in(directory)), "s3://fleet/servers");
        }
    }
}
