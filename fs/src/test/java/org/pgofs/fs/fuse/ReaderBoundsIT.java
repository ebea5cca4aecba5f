package org.pgofs.fs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.fs.Directory;
import org.pgofs.fs.PseudoFile;
import org.pgofs.fs.TextFile;

/** What readers hold, of a real mount: who holds too much is refused, and the others read on. */
final class ReaderBoundsIT {
    private static final String NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
    private static final int LARGE = 16 << 20;

    /** Opens and reads a file or a directory until it is refused, says why, and waits. */
    private static final String HOARD =
            """
            import errno, os, sys
            held = []
            try:
                while len(held) < 20000:
                    held.append(os.open(sys.argv[1], os.O_RDONLY))
                    if os.path.isfile(sys.argv[1]):
                        os.pread(held[-1], 1, 0)
                print("never", flush=True)
            except OSError as error:
                print(errno.errorcode[error.errno], flush=True)
            sys.stdin.read()
            """;

    @TempDir
    private Path directory;

    private Mounted mounted;
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean isHeapFull;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        Directory root = Directory.fixed()
                .add("small", new PseudoFile(0444, new TextFile(() -> "small\n")))
                .add("large", new PseudoFile(0444, new TextFile(this::large)));
        mounted = Mounted.at(directory, root, "mode=0755", failures::add);
        Files.writeString(mounted.out().resolve("hoard.py"), HOARD);
    }

    @AfterEach
    void unmount() {
        mounted.close();
    }

    private String large() {
        if (isHeapFull) {
            throw new OutOfMemoryError("as the JVM says");
        }
        return "x".repeat(LARGE);
    }

    /** Why somebody is refused more of a path, what a command says meanwhile, and what another one says afterwards. */
    private String hoard(String user, String path, String meanwhile, String afterwards)
            throws IOException, InterruptedException {
        return mounted.sh("mkfifo $O/go; exec 3<>$O/go; prlimit --nofile=$(ulimit -Hn) " + user
                        + " /usr/bin/python3 $O/hoard.py " + path
                        + " <$O/go 3<&- >$O/said & until [ -s $O/said ]; do sleep 0.1; done; cat $O/said; " + meanwhile
                        + "; exec 3>&-; wait; " + afterwards)
                .ok();
    }

    private static String read(String user, String file) {
        return user + "cat $M/" + file + " | wc -c";
    }

    @Test
    void shouldRefuseMoreOpenFilesThanAUserMayHave() throws IOException, InterruptedException {
        assertEquals("EMFILE\n6\n6", hoard(NOBODY, "$M/small", read("", "small"), read(NOBODY, "small")));
    }

    @Test
    void shouldRefuseMoreOpenDirectoriesThanAUserMayHave() throws IOException, InterruptedException {
        assertEquals(
                "EMFILE\n6\n6", hoard(NOBODY, "$M", "ls $M >/dev/null; " + read("", "small"), read(NOBODY, "small")));
    }

    @Test
    void shouldRefuseMoreMemoryThanAUserMayHold() throws IOException, InterruptedException {
        assertEquals(
                "ENOMEM\n" + LARGE + "\n" + LARGE, hoard(NOBODY, "$M/large", read("", "large"), read(NOBODY, "large")));
    }

    @Test
    void shouldRefuseRootTooAndReadOn() throws IOException, InterruptedException {
        assertEquals("EMFILE\n" + LARGE, hoard("", "$M/small", "true", read("", "large")));
    }

    @Test
    void shouldSayThatThereIsNoMemoryAndReadOnWhenThereIs() throws IOException, InterruptedException {
        isHeapFull = true;
        assertEquals(
                "cat: MOUNT/large: Cannot allocate memory\nsmall",
                mounted.sh("LC_ALL=C cat $M/large; cat $M/small")
                        .output()
                        .replace(mounted.path().toString(), "MOUNT"));
        assertTrue(failures.stream().anyMatch(OutOfMemoryError.class::isInstance), "told: " + failures);
        isHeapFull = false;
        assertEquals(Integer.toString(LARGE), mounted.sh(read("", "large")).ok());
    }
}
