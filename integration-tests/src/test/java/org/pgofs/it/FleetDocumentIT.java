package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.fleet.store.DirectoryStore;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.fleet.store.PieceInfo;
import org.pgofs.fleet.store.PieceName;

/** Runs the commands of the document over pieces of a real program, which the compiler's own runtime wrote. */
final class FleetDocumentIT {
    private static final Instant HOUR = Instant.parse("2026-01-05T16:00:00Z");
    private static final ImageId IMAGE = new ImageId("program", "0123456789abcdef");

    @TempDir
    private Path directory;

    @Test
    void shouldRunTheCommandsOfTheFleet() throws IOException {
        Shell.in(directory)
                .bash(
                        "echo 'int main(void) { return 0; }' >program.c; clang-14 -fprofile-generate program.c -o program;"
                                + "LLVM_PROFILE_FILE=program.profraw ./program")
                .ok();
        byte[] raw = Files.readAllBytes(directory.resolve("program.profraw"));
        for (int host = 0; host < 3; host++) {
            add("web-" + host, raw);
        }
        Shell.Result result = DocumentCommands.run(
                Shell.in(directory),
                "mkdir /mnt/fleet; cp -r store/. /mnt/fleet\n"
                        + String.join("", DocumentCommands.of(Checkout.ROOT.resolve("docs/fleet.md"), "## Merge"))
                        + "cp -r /mnt/fleet/merged .\n");

        String profile = "merged/program-0123456789abcdef/ir/20260105T16-20260105T17/profdata";
        assertTrue(
                result.output().contains("program-0123456789abcdef (ir): 3 pieces of 3 hosts: " + profile),
                result.output());
        assertEquals(
                3, Profile.of(Toolchain.DEFAULT, directory.resolve(profile)).calls("main"));
    }

    private void add(String host, byte[] raw) throws IOException {
        PieceName name = new PieceName(IMAGE, "ir", HOUR, host, "0".repeat(32), 1);
        PieceInfo info = new PieceInfo(host, HOUR, HOUR, 1, 1, 8, raw.length, List.of(), Map.of());
        try (DirectoryStore store = new DirectoryStore(directory.resolve("store"))) {
            store.writeIfAbsent(name.infoPath(), info.toJson().getBytes(StandardCharsets.UTF_8));
            store.writeIfAbsent(name.path(), Zstd.compress(raw));
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
