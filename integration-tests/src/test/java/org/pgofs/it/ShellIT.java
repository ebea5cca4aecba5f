package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
                """
                #include <unistd.h>
                void counted(void) {}
                int main(int count, char **arguments) {
                  (void)arguments;
                  for (int i = 0; i < 5000; i++) counted();
                  return count > 1 && pause();
                }
                """);
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

    /** Of two processes that count, one was started elsewhere; a third one has lost its file. */
    private static final String STOCK_SESSION =
            """
            trap 'kill $(jobs -p)' EXIT
            clang-14 -fprofile-generate "$PROGRAM" -o stock
            export LLVM_PROFILE_FILE=/dev/null
            ./stock stay &
            pgofs shell -o stock bash -euc '
              trap "kill \\$(jobs -p)" EXIT
              ./stock stay &
              until ls "$PGOFS_MOUNT/pgo/images" | grep -q stock; do sleep 0.1; done
              cp -a "$PGOFS_MOUNT/pgo/profraw" .
              llvm-profdata-14 show --function=counted --counts profraw | sed -n "s/ *Block counts: //p"
              cp stock other
              ./other stay &
              cp stock same
              mv same other
              pgofs attach --pid $! 2>&1 | sed "s/process [0-9]*/process/; s/: compile.*//"'
            """;

    /** The kernel lets nobody in a namespace of users open a file by where it is mapped. */
    @Test
    void shouldReadProgramsAsTheyAre() {
        Shell.Result result = asUser(STOCK_SESSION);
        assertEquals(
                "[5000]\npgofs: process has nothing that clang or rustc instrumented\n",
                result.ok().output(),
                result.errors());
    }

    /** Of two shells one is killed, whose daemon is as slow as can be. $1 is a signal that ends it and its watchdog. */
    private static final String KILLED =
            """
            start() {
              pgofs shell sh -c '
                echo $$ "$(head -n 1 "$PGOFS_MOUNT/pgo/.daemon")" "${PGOFS_MOUNT%/mount}" >"$0.new"
                mv "$0.new" "$0"
                exec sleep 600' "$1" &
              until [ -e "$1" ]; do sleep 0.1; done
            }
            start killed
            shell=$!
            start living
            read -r command daemon killed <killed
            read -r other _ living <living
            trap 'kill "$command" "$other" 2>/dev/null || :; kill -CONT "$daemon" 2>/dev/null || :' EXIT
            # The pattern does not match itself.
            served() { grep -l -s -a "${killed%?}[${killed: -1}]/" /proc/[0-9]*/cmdline | cut -d / -f 3 || true; }
            served | grep -qx "$daemon"
            kill -STOP "$daemon"
            kill -KILL "$shell"
            pgofs shell true
            [ -e "$killed/log" ]
            kill "-$1" $(served)
            while [ -n "$(served)" ]; do sleep 0.1; done
            [ -e "$killed/log" ]
            # A process that ends has no command line some time before it has no open files.
            until flock -n "$killed/log" true; do sleep 0.1; done
            pgofs shell true
            [ ! -e "$killed" ]
            ! grep -F "$killed" /proc/self/mountinfo
            [ -e "$living/log" ]
            kill "$other"
            wait
            """;

    /** A daemon that nobody can reach any more must not stay; its directory goes when the next shell starts. */
    @Test
    void shouldLeaveNothingWhenItIsKilled() throws IOException {
        Path runtime = directory.resolve("runtime");
        Path foreign = Files.createDirectory(runtime.resolve("pgofs-shell-of-another"));
        Files.createFile(foreign.resolve("log"));
        Shell.in(runtime)
                .bash("chmod 777 pgofs-shell-of-another; ln -s \"$1\" pgofs-shell-link", home)
                .ok();
        Shell.in(home).bash("touch log; chown %d log".formatted(USER)).ok();
        asUser("set -- CONT\n" + KILLED).ok();
        assertTrue(Files.exists(foreign.resolve("log")));
        assertTrue(Files.exists(home.resolve("log")));
        assertEquals(2, leftovers(runtime).size());
    }

    /** Where all users may write, one may mount something that never answers. */
    @Test
    void shouldNotWaitForAForeignMount() throws IOException {
        Path runtime = directory.resolve("runtime");
        Path foreign = Files.createDirectory(runtime.resolve("pgofs-shell-12345678"));
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Shell root = Shell.in(directory)
                    .with("FOREIGN", foreign.toString())
                    .with("DAEMON", "" + mount.daemon().pid());
            root.bash("mount --bind mnt \"$FOREIGN\"; kill -STOP \"$DAEMON\"").ok();
            try {
                asUser("exec timeout 300 pgofs shell true").ok();
            } finally {
                root.bash("kill -CONT \"$DAEMON\"; umount \"$FOREIGN\"").ok();
            }
        }
        assertEquals(List.of(foreign), leftovers(runtime));
    }

    /** Its mounts are those of the machine. */
    @Test
    void shouldLeaveNothingWhenThatOfRootIsKilled() throws IOException {
        shell().bash(KILLED, "KILL").ok();
        assertEquals(List.of(), leftovers(Path.of("/run")));
    }
}
