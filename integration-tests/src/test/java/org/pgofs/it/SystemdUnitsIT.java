package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** systemd takes the units without a word. */
final class SystemdUnitsIT {
    private static final Path UNITS = Checkout.ROOT.resolve("systemd");

    private static final String SERVER =
            """
            [Service]
            ExecStart=/bin/true
            ProtectSystem=strict
            """;

    @TempDir
    Path directory;

    @BeforeEach
    void install() throws IOException {
        Files.copy(UNITS.resolve("run-pgofs.mount"), directory.resolve("run-pgofs.mount"));
        String service = Files.readString(UNITS.resolve("pgofs.service"));
        assertTrue(service.contains("=/usr/bin/pgofs "));
        Files.writeString(
                directory.resolve("pgofs.service"), service.replace("=/usr/bin/pgofs ", "=" + Checkout.PGOFS + " "));
        Files.copy(UNITS.resolve("pgofs-ship.timer"), directory.resolve("pgofs-ship.timer"));
        Files.writeString(
                directory.resolve("pgofs-ship.service"),
                Files.readString(UNITS.resolve("pgofs-ship.service"))
                        .replace("=/usr/bin/pgofs ", "=" + Checkout.PGOFS + " "));
        Files.writeString(directory.resolve("server.service"), SERVER);
        Path dropIns = Files.createDirectory(directory.resolve("server.service.d"));
        Files.copy(UNITS.resolve("target.conf"), dropIns.resolve("pgofs.conf"));
    }

    private Shell.Result verify(String unit) {
        return Shell.in(directory)
                .with("SYSTEMD_UNIT_PATH", directory + ":")
                .run(
                        "systemd-analyze",
                        "verify",
                        "--man=no",
                        directory.resolve(unit).toString());
    }

    @Test
    void shouldBeAccepted() {
        for (String unit : List.of(
                "run-pgofs.mount", "pgofs.service", "pgofs-ship.service", "pgofs-ship.timer", "server.service")) {
            Shell.Result result = verify(unit).ok();
            assertEquals("", result.output() + result.errors(), unit);
        }
    }

    @Test
    void shouldBeRefusedWithAnythingUnknown() throws IOException {
        Path dropIn = directory.resolve("server.service.d/pgofs.conf");
        Files.writeString(dropIn, Files.readString(dropIn) + "ReadAndWritePaths=/run/pgofs\n");
        assertTrue(verify("server.service").errors().contains("ReadAndWritePaths"), "the drop-in is read");
    }

    /** Of 10, from what systemd forbids a service; what it may not forbid is explained in the unit. */
    @Test
    void shouldBeExposedLittle() {
        for (String unit : List.of("pgofs.service", "pgofs-ship.service")) {
            Shell.in(directory)
                    .run(
                            "systemd-analyze",
                            "security",
                            "--offline=true",
                            "--no-pager",
                            "--threshold=50",
                            UNITS.resolve(unit).toString())
                    .ok();
        }
    }

    @Test
    void shouldServeWithWhatTheUnitAllows() {
        String output = Shell.in(directory)
                .with("PATH", Checkout.PGOFS.getParent() + ":" + System.getenv("PATH"))
                .run(
                        Checkout.SOURCES.resolve("resources/systemd/serve").toString(),
                        UNITS.resolve("pgofs.service").toString())
                .ok()
                .output();
        assertEquals(
                """
                linked
                unlinked
                    Block counts: [7]
                    Block counts: [7]
                """,
                output);
    }
}
