package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pgofs record}: the whole workflow in one line. */
final class RecordIT {
    private static final String THREE_TIMES = "for i in 1 2 3; do echo work $i | \"$1\" >/dev/null; done; exit 7";

    @TempDir
    Path directory;

    private Shell.Result record(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Checkout.PGOFS.toString(), "record"));
        command.addAll(Arrays.asList(arguments));
        return Shell.in(directory).run(command.toArray(String[]::new));
    }

    private static List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/run"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("pgofs-record"))
                    .toList();
        }
    }

    @Test
    void shouldLeaveTheProfileOfWhatACommandRuns() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path linked = toolchain.worker(directory);
        Path stock = toolchain.clang(
                directory.resolve("stock"), "-fprofile-generate", Checkout.SOURCES.resolve("c/worker.c"), "-pthread");
        for (Path program : List.of(linked, stock)) {
            Path profile = directory.resolve("program.profraw");
            Shell.Result result =
                    record("-o", profile.toString(), "--", "sh", "-c", THREE_TIMES, "sh", program.toString());
            assertEquals(7, result.status(), result.toString());
            assertEquals(6, Profile.of(toolchain, profile).calls("counted"));
            assertTrue(result.errors().contains(profile + " has "), result.errors());
        }
        assertEquals(List.of(), leftovers());
    }

    @Test
    void shouldSayWhyThereIsNoProfile() throws Exception {
        Shell.Result nothing = record("true");
        assertEquals(1, nothing.status(), nothing.toString());
        assertTrue(nothing.errors().contains("nothing that the command ran has counted"), nothing.errors());
        assertEquals(2, record().status());
        assertEquals(2, record("--what").status());
        assertEquals(1, record("-o", "/nowhere/x", "true").status());
        assertEquals(List.of(), leftovers());
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(), files.toList());
        }
    }
}
