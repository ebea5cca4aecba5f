package org.pgofs.fs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.linux.MountTable;
import org.pgofs.fs.Directory;
import org.pgofs.fs.PseudoFile;
import org.pgofs.fs.TextFile;

/** Where a mount can be made, and what is left of one whose process is killed. */
final class MountPointIT {
    /** With what keeps newer versions from printing warnings. */
    private static final String JAVA = "\"$1\"/bin/java -XX:+IgnoreUnrecognizedVMOptions"
            + " --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Djava.io.tmpdir=\"$4\""
            + " -cp \"$2\" org.pgofs.fs.fuse.MountMain \"$3\" 1000";
    /** Another user; the capability is for reading the class path. */
    private static final String NOBODY =
            "setpriv --reuid=65534 --inh-caps=+dac_read_search --ambient-caps=+dac_read_search ";

    @TempDir
    private Path directory;

    private final Directory root = Directory.fixed().add("text", new PseudoFile(0444, new TextFile(() -> "text\n")));

    @Test
    void shouldSayWhatIsWrongWithAMountPoint() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertRefused(directory.resolve("none"), "does not exist");
        assertRefused(directory.resolve("none/below"), "does not exist");
        assertRefused(file, "is not a directory");
        assertRefused(directory, "is not empty");
    }

    @Test
    void shouldNotMountTwice() throws IOException, InterruptedException {
        try (Mounted mounted = Mounted.at(directory, root, "")) {
            assertRefused(mounted.path(), "is already mounted");
        }
    }

    @Test
    void shouldMountOnNamesThatTheKernelEscapes() throws IOException, InterruptedException {
        Path path = Files.createDirectory(directory.toRealPath().resolve("a b\\c"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), path);
        Mounted.once(link, root);
        assertTrue(Files.isDirectory(path) && !Shell.isMounted(path));
    }

    @Test
    void shouldGoUpFromWhereALinkLeads() throws IOException {
        Path inner = Files.createDirectories(directory.toRealPath().resolve("a/inner"));
        Path expected = Files.createDirectory(inner.resolveSibling("x"));
        Files.createDirectory(directory.resolve("x"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), inner);
        assertEquals(expected, Mount.check(link.resolve("../x")));
        assertEquals(expected, Mount.check(link.resolve("../x/.")));
        assertEquals(expected, Mount.check(link.resolve("./../x")));
        assertRefused(link.resolve(".."), expected.getParent() + " is not empty");
    }

    @Test
    void shouldMountOverAnotherEmptyFileSystem() throws IOException, InterruptedException {
        Path path = Files.createDirectory(directory.toRealPath().resolve("mount"));
        Shell.run("mount -t tmpfs none \"$1\"", path).ok();
        Mounted.once(path, root);
        assertEquals("tmpfs", MountTable.read().at(path).orElseThrow().type());
        Shell.run("umount \"$1\"", path).ok();
    }

    @Test
    void shouldMountBesideAMountWithCarriageReturnsInItsName() throws IOException, InterruptedException {
        Path other = Files.createDirectory(directory.toRealPath().resolve("a\rb\rc"));
        Path path = Files.createDirectory(directory.toRealPath().resolve("mount"));
        Shell.run("mount -t tmpfs none \"$1\"", other).ok();
        try {
            Mounted.once(path, root);
            assertTrue(!Shell.isMounted(path));
        } finally {
            Shell.run("umount \"$1\"", other).ok();
        }
    }

    @Test
    void shouldSayWhenThereIsNoDevice() {
        var refused = assertThrows(MountException.class, () -> MountPoint.checkDevice(directory.resolve("fuse")));
        assertTrue(refused.getMessage().contains("modprobe fuse"), refused.getMessage());
    }

    @Test
    void shouldSayWhenLibfuseIsMissing() throws IOException, InterruptedException {
        Shell.Result result = java("exec unshare -m bash -c 'mount --bind /dev/null"
                + " $(readlink -f $(ldconfig -p | sed -n \"s/.*libfuse.so.2 .*=> //p\")) && " + JAVA + "' x \"$@\"");
        assertEquals(1, result.exit());
        assertTrue(result.output().contains("apt-get install libfuse2"), result.output());
        assertEquals(1, result.output().lines().count(), result.output());
    }

    @Test
    void shouldSayThatItNeedsRoot() throws IOException, InterruptedException {
        Shell.Result result = java("exec " + NOBODY + JAVA);
        assertEquals(1, result.exit());
        assertEquals("only root can mount: use sudo, or pgofs shell", result.output());
    }

    /** Here it would have to be unpacked, which it cannot be. */
    @Test
    void shouldSayThatJffiHasNoLibrary() throws IOException, InterruptedException {
        Shell.Result result = java("cd / && set -- \"${@:1:3}\" /proc && exec " + NOBODY + JAVA);
        assertEquals(1, result.exit());
        assertEquals("libjffi cannot be loaded: install pgofs again", result.output());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldUnmountWhenItsProcessEnds(boolean killed) throws IOException, InterruptedException {
        Path path = Files.createDirectory(directory.toRealPath().resolve("mount"));
        Process process = startJava(path);
        Process holder = Shell.start("exec 3< \"$1\"/data; echo; read line", ProcessBuilder.Redirect.PIPE, path);
        try (BufferedReader held = holder.inputReader()) {
            assertEquals("", held.readLine());
            if (killed) {
                process.destroyForcibly();
            } else {
                process.destroy();
            }
            process.waitFor();
            Shell.await("unmounted", () -> !Shell.isMounted(path));
        } finally {
            holder.getOutputStream().close();
        }
    }

    @Test
    void shouldRepairAMountWhoseProcessAndWatchdogWereKilled() throws IOException, InterruptedException {
        Path path = Files.createDirectory(directory.toRealPath().resolve("mount"));
        Process process = startJava(path);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        Shell.await("the watchdog ends", () -> process.descendants().findAny().isEmpty());
        process.destroyForcibly().waitFor();
        Shell.Result dead = Shell.run("stat \"$1\"", path);
        assertTrue(dead.output().endsWith("Transport endpoint is not connected"), dead.output());
        Mounted.once(path, root);
        assertTrue(!Shell.isMounted(path));
    }

    private void assertRefused(Path path, String message) {
        var refused =
                assertThrows(MountException.class, () -> Mount.mount(path, root, MountOptions.DEFAULT, failure -> {}));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count());
    }

    private Shell.Result java(String script) throws IOException, InterruptedException {
        return Shell.run(script, arguments(Files.createDirectory(directory.resolve("mount"))));
    }

    private static Process startJava(Path path) throws IOException {
        Process process = Shell.start("exec " + JAVA, ProcessBuilder.Redirect.PIPE, arguments(path));
        assertEquals("mounted", process.inputReader().readLine());
        return process;
    }

    private static Object[] arguments(Path path) {
        return new Object[] {
            System.getProperty("java.home"),
            System.getProperty("java.class.path"),
            path,
            System.getProperty("java.io.tmpdir")
        };
    }
}
