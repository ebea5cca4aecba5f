package org.pgofs.counters.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.LeaseHolder;
import org.pgofs.counters.StoreFixture;

/** What an open would wait for: pipes, leases, and a file system that does not answer; needs root. */
class ForeignPathTest {
    private static final int O_RDWR = 2;
    private static final long PATIENCE_MINUTES = 2;

    @TempDir
    Path directory;

    /** A FUSE file system whose server never reads a request. */
    private final class SilentMount implements AutoCloseable {
        private final Path path = Files.createDirectory(directory.resolve("silent"));
        private final int device = Linux.check(LibC.INSTANCE.open("/dev/fuse", O_RDWR, 0), "/dev/fuse");

        SilentMount(String type, int user) throws IOException {
            String options = "rootmode=40000,user_id=" + user + ",group_id=0,allow_other,fd=" + device;
            Linux.check(LibC.INSTANCE.mount("silent", path.toString(), type, 0, options), "mount");
        }

        /** Whoever waits for an answer gets an error. */
        @Override
        public void close() throws IOException {
            Linux.close(device);
            assertTrue(StoreFixture.run("umount", path.toString()));
        }
    }

    /** Fails if something waits for what comes only when the caller has what it returns. */
    private static <T> T withoutWaiting(Callable<T> call) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(call.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        thread.start();
        try {
            return result.orTimeout(PATIENCE_MINUTES, TimeUnit.MINUTES).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new AssertionError("it waits for what users do", e);
            }
            throw (Exception) e.getCause();
        }
    }

    private static String refusal(Path path) {
        return assertThrows(
                        IOException.class,
                        () -> withoutWaiting(() -> {
                            ForeignPath.open(path).close();
                            return null;
                        }))
                .getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"silent/file", "silent", "link/file", "chain", "up/../silent/x", "silent/x/../../file"})
    void shouldRefuseWhatIsOnFuse(String name) throws Exception {
        Files.createDirectory(directory.resolve("up"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("silent"));
        Files.createSymbolicLink(directory.resolve("chain"), directory.resolve("link/file"));
        Path path = directory.resolve(name);
        try (SilentMount mount = new SilentMount("fuse", 0)) {
            assertTrue(refusal(path).contains("may never answer (fuse)"), mount.path::toString);
            IOException real = assertThrows(IOException.class, () -> withoutWaiting(() -> ForeignPath.real(path)));
            assertTrue(real.getMessage().contains("may never answer"));
            assertThrows(
                    IOException.class,
                    () -> withoutWaiting(() -> {
                        ForeignPath.requireNoFuse(path, "");
                        return null;
                    }));
        }
    }

    /** Any user can give his file system the type of ours. */
    @Test
    void shouldAllowOneTypeOfFuseIfItIsRoots() throws Exception {
        Path path = directory.resolve("silent");
        try (SilentMount mount = new SilentMount("fuse.pgofs", 0)) {
            withoutWaiting(() -> {
                ForeignPath.requireNoFuse(mount.path, "fuse.pgofs");
                return null;
            });
        }
        Files.delete(path);
        try (SilentMount mount = new SilentMount("fuse.pgofs", 54321)) {
            IOException refused = assertThrows(
                    IOException.class,
                    () -> withoutWaiting(() -> {
                        ForeignPath.requireNoFuse(mount.path, "fuse.pgofs");
                        return null;
                    }));
            assertTrue(refused.getMessage().contains("(fuse.pgofs of user 54321)"), refused::getMessage);
        }
    }

    /** Neither what is mounted in a directory that is held, nor anything to which a link in it leads. */
    @ParameterizedTest
    @ValueSource(strings = {"silent/file", "silent", "link/file", "link", "inside", "sub/inside", "pipe", "pipe/x"})
    void shouldStayInAHeldDirectory(String path) throws Exception {
        Files.createDirectories(directory.resolve("sub/real"));
        Files.createFile(directory.resolve("file"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("silent"));
        Files.createSymbolicLink(directory.resolve("inside"), Path.of("sub/real"));
        Files.createSymbolicLink(directory.resolve("sub/inside"), Path.of("../file"));
        assertTrue(StoreFixture.run("mkfifo", directory.resolve("pipe").toString()));
        try (SilentMount mount = new SilentMount("fuse", 0);
                HeldDirectory held = HeldDirectory.open(directory)) {
            assertThrows(IOException.class, () -> withoutWaiting(() -> held.directory(path)), mount.path::toString);
            assertThrows(IOException.class, () -> withoutWaiting(() -> held.openRegular(path)));
            held.directory("sub/real").close();
            held.openRegular("file").close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mkfifo x", "mkdir x", "mknod x c 1 3", "mkfifo y; ln -s y x"})
    void shouldRefuseWhatIsNotAFile(String command) throws Exception {
        assertTrue(StoreFixture.run("sh", "-c", "cd " + directory + " && " + command));
        assertEquals("is not a regular file", refusal(directory.resolve("x")));
    }

    @Test
    void shouldSayThatAFileHasALease() throws Exception {
        Path file = Files.createFile(directory.resolve("x"));
        try (LeaseHolder holder = LeaseHolder.write(file)) {
            assertTrue(refusal(file).contains("lease"));
            assertTrue(holder.isHeld());
        }
    }

    @Test
    void shouldGoWhereThePathLeads() throws IOException {
        Path file = Files.writeString(directory.resolve("x"), "content", StandardCharsets.UTF_8);
        Files.createSymbolicLink(directory.resolve("relative"), Path.of("./d/../x"));
        Files.createDirectory(directory.resolve("d"));
        Files.createSymbolicLink(directory.resolve("d/absolute"), directory.resolve("relative"));
        Path link = directory.resolve("d/absolute");
        try (FileChannel opened = ForeignPath.open(link)) {
            assertEquals(7, opened.size());
        }
        assertEquals(file.toRealPath(), ForeignPath.real(link));
        assertEquals(Path.of("/proc/self/exe").toRealPath(), ForeignPath.real(Path.of("/proc/self/exe")));
        ForeignPath.requireNoFuse(directory.resolve("not/there"), "");
        assertThrows(NoSuchFileException.class, () -> ForeignPath.open(directory.resolve("not/there")));
        Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
        assertThrows(FileSystemLoopException.class, () -> ForeignPath.open(directory.resolve("loop")));
    }
}
