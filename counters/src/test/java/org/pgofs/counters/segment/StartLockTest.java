package org.pgofs.counters.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.counters.StoreFixture;

/** Who can hold up a daemon that starts. Needs root. */
class StartLockTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(50);

    /** Opens and locks the file as another user, or as root. */
    private static final String HOLDER =
            """
            import fcntl, os, sys
            os.setresuid(int(sys.argv[2]), int(sys.argv[2]), int(sys.argv[2]))
            file = open(sys.argv[1], sys.argv[3])
            fcntl.lockf(file, fcntl.LOCK_SH if sys.argv[3] == 'r' else fcntl.LOCK_EX)
            print('held', flush=True)
            sys.stdin.read()
            """;

    @TempDir
    Path directory;

    private Process hold(Path file, int user, String mode) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process process = new ProcessBuilder("python3", "-c", HOLDER, file.toString(), Integer.toString(user), mode)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertEquals('h', process.getInputStream().read());
        return process;
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void shouldBeRootsAlone() throws IOException {
        Path file = directory.resolve("lock");
        StartLock.take(file, LONG).close();
        assertEquals("rw-------", mode(file));
        StartLock.take(file, LONG).close();
    }

    @Test
    void shouldNotWaitForWhoeverOpenedAnOlderOne() throws IOException, InterruptedException {
        Path file = Files.createFile(directory.resolve("lock"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Process user = hold(file, 65534, "r");
        try {
            StartLock.take(file, LONG).close();
            assertEquals("rw-------", mode(file));
        } finally {
            user.destroyForcibly().waitFor();
        }
    }

    /** The locks of other files are not meant, whether they were taken before or after. */
    @Test
    @Timeout(300)
    void shouldNameTheProcessThatKeepsIt() throws IOException, InterruptedException {
        Path file = directory.resolve("lock");
        StartLock.take(file, LONG).close();
        Process before = hold(Files.createFile(directory.resolve("before")), 0, "r+");
        Process other = hold(file, 0, "r+");
        Process after = hold(Files.createFile(directory.resolve("after")), 0, "r+");
        try {
            IOException e = assertThrows(IOException.class, () -> StartLock.take(file, SHORT));
            assertTrue(e.getMessage().startsWith(file + " is locked by process " + other.pid() + ","), e.getMessage());
        } finally {
            for (Process holder : List.of(before, other, after)) {
                holder.destroyForcibly().waitFor();
            }
        }
        StartLock.take(file, LONG).close();
    }

    /** Before it has written its pid, which two that start at once find out. */
    @Test
    void shouldNameTheDaemonThatHasTheDirectory() throws IOException, InterruptedException {
        Path segments = directory.resolve("segments");
        SegmentDirectory.acquire(segments).close();
        Path file = Files.write(segments.resolve(".state/lock"), new byte[0]);
        Process other = hold(file, 0, "r+");
        try {
            IOException e = assertThrows(IOException.class, () -> SegmentDirectory.acquire(segments));
            assertTrue(e.getMessage().contains("in use by another daemon, pid " + other.pid() + ":"), e.getMessage());
        } finally {
            other.destroyForcibly().waitFor();
            StoreFixture.await(() -> StoreFixture.run("umount", segments.toString()));
        }
    }
}
