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
    private static final int USER = 54323;
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
    void shouldLeaveTheProfileInTheFormThatIsWanted() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path program = toolchain.worker(directory);
        Path raw = directory.resolve("as.profraw");
        record("-o", raw.toString(), "sh", "-c", THREE_TIMES, "sh", program.toString());
        Path indexed = directory.resolve("as.profdata");
        record("-o", indexed.toString(), "--format", "profdata", "sh", "-c", THREE_TIMES, "sh", program.toString());
        record("--format=text", "sh", "-c", THREE_TIMES, "sh", program.toString());
        String expected = text(toolchain, raw);
        assertTrue(expected.contains("counted\n"), expected);
        assertEquals(expected, text(toolchain, indexed));
        assertEquals(expected, text(toolchain, directory.resolve("sh.proftext")));
        assertTrue(Files.readString(directory.resolve("sh.proftext")).startsWith(":ir\n"));
        assertEquals(2, record("--format", "gcov", "true").status());
    }

    private String text(Toolchain toolchain, Path profile) {
        return Shell.in(directory)
                .bash("\"$1\" merge --text \"$2\" -o -", toolchain.profdata(), profile)
                .ok()
                .output();
    }

    /** Whatever runtime the programs have, and as whoever the caller is. */
    @Test
    void shouldRecordForUsersWhoAreNotRoot() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path linked = toolchain.worker(directory);
        Path stock = toolchain.clang(
                directory.resolve("stock"), "-fprofile-generate", Checkout.SOURCES.resolve("c/worker.c"), "-pthread");
        Shell.in(directory)
                .bash("chmod 755 \"$1\" && mkdir -m 777 \"$1/own\"", directory)
                .ok();
        for (Path program : List.of(linked, stock)) {
            Path profile = directory.resolve("own/" + program.getFileName() + ".profraw");
            Shell.Result result = Shell.in(directory)
                    .bash(
                            "TMPDIR=/var/tmp exec setpriv --reuid %d --clear-groups \"$@\"".formatted(USER),
                            Checkout.PGOFS,
                            "record",
                            "-o",
                            profile,
                            "--",
                            "sh",
                            "-c",
                            "[ $(id -u) = %d ] || exit 9; ".formatted(USER) + THREE_TIMES,
                            "sh",
                            program);
            assertEquals(7, result.status(), result.toString());
            assertEquals(6, Profile.of(toolchain, profile).calls("counted"));
            assertEquals(USER, Files.getAttribute(profile, "unix:uid"));
        }
        try (Stream<Path> files = Files.list(Path.of("/var/tmp"))) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.getFileName().toString().startsWith("pgofs-record"))
                            .toList());
        }
    }

    @Test
    void shouldSayWhyThereIsNoProfile() throws Exception {
        Shell.Result nothing = record("true");
        assertEquals(1, nothing.status(), nothing.toString());
        assertTrue(nothing.errors().contains("nothing that the command ran has counted"), nothing.errors());
        assertEquals(2, record().status());
        assertEquals(2, record("--what").status());
        assertEquals(1, record("-o", "/nowhere/x", "true").status());
        assertEquals(127, record("no-such-command").status());
        assertEquals(List.of(), leftovers());
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(), files.toList());
        }
    }

    /** Its server may still be at work when the next one starts: then the one after that removes it. */
    @Test
    void shouldLeaveNothingWhenItIsKilled() throws IOException {
        Shell.in(directory)
                .bash(
                        """
                        "$1" record -o killed -- sh -c 'echo $$ >at.new; mv at.new at; exec sleep 600' &
                        until [ -e at ]; do sleep 0.1; done
                        kill -KILL $!
                        kill "$(<at)"
                        ls -d /run/pgofs-record-*
                        while ls -d /run/pgofs-record-* >/dev/null 2>&1; do
                          "$1" record -o next -- true || [ $? = 1 ]
                        done
                        ! grep pgofs-record /proc/self/mountinfo
                        """,
                        Checkout.PGOFS)
                .ok();
    }
}
