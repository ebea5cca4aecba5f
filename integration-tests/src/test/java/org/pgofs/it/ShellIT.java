package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pgofs shell}: a mount of one's own, for users who are not root. */
final class ShellIT {
    private static final int USER = 54324;

    /** Counts 5000 twice after a reset, and looks around. */
    private static final String SESSION =
            """
            pgofs cc -- clang-14 "$PROGRAM" -o program
            ./program
            echo 1 >"$PGOFS_MOUNT/pgo/reset"
            ./program
            ./program
            pgofs collect program -o program.profdata >&2
            pgofs status | head -n 1 | grep -q "$PGOFS_MOUNT"
            llvm-profdata-14 show --function=counted --counts program.profdata | sed -n 's/ *Block counts: //p'
            id -u
            exit 7
            """;

    @TempDir
    Path directory;

    private Path home;

    @BeforeEach
    void home() throws IOException {
        Files.writeString(
                directory.resolve("program.c"),
                "void counted(void) {} int main(void) { for (int i = 0; i < 5000; i++) counted(); }");
        home = directory.resolve("home");
        Shell.in(directory)
                .bash("chmod 755 . && mkdir -m 700 home runtime && chown %d home runtime".formatted(USER))
                .ok();
    }

    private Shell shell() {
        return Shell.in(home)
                .with("PATH", Checkout.PGOFS.getParent() + ":" + System.getenv("PATH"))
                .with("PROGRAM", directory.resolve("program.c").toString())
                .with("HOME", home.toString())
                .with("XDG_RUNTIME_DIR", directory.resolve("runtime").toString());
    }

    private Shell.Result asUser(String script) {
        return shell().run(
                        "setpriv",
                        "--reuid",
                        "" + USER,
                        "--regid",
                        "" + USER,
                        "--clear-groups",
                        "bash",
                        "-euc",
                        script);
    }

    private List<Path> leftovers(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.filter(file -> file.getFileName().toString().startsWith("pgofs-shell"))
                    .toList();
        }
    }

    @Test
    void shouldCountForUsersWhoAreNotRoot() throws IOException {
        Shell.Result result = asUser("exec pgofs shell bash -euc '" + SESSION.replace("'", "'\\''") + "'");
        assertEquals("[10000]\n" + USER + "\n", result.output(), result.errors());
        assertEquals(7, result.status());
        assertEquals(List.of(), leftovers(directory.resolve("runtime")));
        assertEquals(USER, Files.getAttribute(home.resolve("program.profdata"), "unix:uid"));
    }

    /** Beside a mount of root's, which has programs of its own. */
    @Test
    void shouldCountNothingElse() throws IOException {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Shell.Result result = shell().bash("pgofs shell bash -euc \"$1\"", SESSION);
            assertEquals("[10000]\n0\n", result.output(), result.errors());
            assertEquals(7, result.status());
            assertEquals(0, mount.profraw().toFile().length());
        }
        assertEquals(List.of(), leftovers(Path.of("/run")));
    }

    @Test
    void shouldSayWhyItCannotMount() throws IOException {
        Shell.Result result = asUser("exec pgofs shell -o nonsense true");
        assertEquals("pgofs: cannot mount: unknown mount option 'nonsense'; see pgofs mount --help\n", result.errors());
        assertEquals(1, result.status());
        assertEquals(127, asUser("exec pgofs shell no-such-command").status());
        assertEquals(2, asUser("exec pgofs shell --what").status());
        assertEquals(List.of(), leftovers(directory.resolve("runtime")));
    }

    /** A daemon that nobody can reach any more must not stay. */
    @Test
    void shouldEndItsDaemonWhenItIsKilled() {
        asUser(
                        """
                        pgofs shell sh -c 'echo $$ $PGOFS_MOUNT >at.new; mv at.new at; exec sleep 600' &
                        until [ -e at ]; do sleep 0.1; done
                        read -r command at <at
                        serves() { grep -l -s -F -a "$at" /proc/[0-9]*/cmdline >/dev/null; }
                        serves
                        kill -9 $!
                        while serves; do sleep 0.1; done
                        kill "$command"
                        """)
                .ok();
    }
}
