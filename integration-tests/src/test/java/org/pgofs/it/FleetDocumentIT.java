package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of the document over pieces of a real program, which the compiler's own runtime wrote. */
final class FleetDocumentIT {
    private static final Instant HOUR = Instant.parse("2026-01-05T16:00:00Z");

    @TempDir
    private Path directory;

    @Test
    void shouldRunTheCommandsOfTheFleet() throws IOException {
        byte[] raw = FleetPieces.raw(directory);
        for (int host = 0; host < 3; host++) {
            FleetPieces.add(directory.resolve("store").toString(), HOUR, "web-" + host, raw);
        }
        Shell.Result result = DocumentCommands.run(
                Shell.in(directory),
                "mkdir /mnt/fleet; cp -r store/. /mnt/fleet\n"
                        + commands("## Merge")
                        + commands("## Build with it")
                        + commands("## Look at it")
                        + "cp -r /mnt/fleet/merged .\n");

        String profile = "merged/server-0123456789abcdef/ir/20260105T16-20260105T17/profdata";
        assertTrue(
                result.output().contains("server-0123456789abcdef (ir): 3 pieces of 3 hosts: " + profile),
                result.output());
        assertEquals(
                3, Profile.of(Toolchain.DEFAULT, directory.resolve(profile)).calls("main"));
        assertTrue(
                result.errors().contains("took that of build 0123456789abcdef, of whose counts 100.0 % fit\n"),
                result.errors());
        assertEquals(-1, Files.mismatch(directory.resolve(profile), directory.resolve("build/server.profdata")));
        assertTrue(Files.isExecutable(directory.resolve("build/server")));
        assertTrue(Files.readString(directory.resolve("server.html"))
                .contains("\"fleet\":{\"windows\":[[\"2026-01-05T16:00:00Z\""));
        assertFalse(
                result.output().contains("clang-14 -O2"),
                "make has built again with the same profile: " + result.output());
    }

    private static String commands(String heading) throws IOException {
        return String.join("", DocumentCommands.of(Checkout.ROOT.resolve("docs/fleet.md"), heading));
    }

    /** A build in which there is no profile yet goes on, whichever clang it has. */
    @Test
    void shouldBuildWithoutAProfile() throws IOException {
        Files.writeString(directory.resolve("main.c"), "int main(void) { return 7; }\n");
        Shell.in(directory)
                .run(
                        Checkout.PGOFS.toString(),
                        "fleet",
                        "pull",
                        "--from",
                        ".",
                        "--image",
                        "main",
                        "-o",
                        "main.profdata")
                .ok();
        for (int version : List.of(14, 16, 19, 22)) {
            Shell.in(directory)
                    .bash("clang-" + version
                            + " -O2 -Wall -Wextra -Werror -fprofile-use=main.profdata main.c -o main;"
                            + "./main || test $? = 7")
                    .ok();
        }
    }

    /** What the launcher says of a command that a part of all installations has. */
    @Test
    void shouldExplainTheCommand() {
        Shell.Result help = Shell.in(directory)
                .run(Checkout.PGOFS.toString(), "help", "fleet")
                .ok();
        assertTrue(help.output().contains("pgofs fleet merge --from /srv/pieces --to /srv/profiles"), help.output());
        Shell.Result wrong = Shell.in(directory).run(Checkout.PGOFS.toString(), "fleet", "marge");
        assertEquals(2, wrong.status());
    }
}
