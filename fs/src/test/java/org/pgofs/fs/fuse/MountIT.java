package org.pgofs.fs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.fs.Caller;
import org.pgofs.fs.Directory;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FileView;
import org.pgofs.fs.FsException;
import org.pgofs.fs.OpenFile;
import org.pgofs.fs.PseudoFile;
import org.pgofs.fs.TextFile;
import org.slf4j.LoggerFactory;

/** How a mount serves and ends when its users or its files misbehave. */
final class MountIT {
    private static final Duration BOUND = Duration.ofMinutes(3);

    @TempDir
    private Path directory;

    private final AtomicInteger blocked = new AtomicInteger();
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private final AtomicInteger closed = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);
    private final Directory root = Directory.fixed()
            .add("text", new PseudoFile(0444, new TextFile(() -> "text\n")))
            .add("blocks", new PseudoFile(0444, new Blocking()))
            .add("broken", new PseudoFile(0444, new Broken()))
            .add("sizeless", new PseudoFile(0444, new TextFile(() -> {
                throw new IllegalStateException("broken on purpose");
            })));

    @Test
    void shouldServeOthersWhileReadersBlock() throws IOException, InterruptedException {
        int readers = 30;
        try (Mounted mounted = Mounted.at(directory, root, "")) {
            List<Process> processes = new ArrayList<>();
            for (int i = 0; i < readers; i++) {
                processes.add(Shell.start(
                        "cat \"$1\"",
                        ProcessBuilder.Redirect.DISCARD,
                        mounted.path().resolve("blocks")));
            }
            Shell.await("all block", () -> blocked.get() == readers);
            assertEquals("text", mounted.sh("cat $M/text").ok());
            // libfuse would make removal wait for the readers, and new readers for the removal.
            mounted.sh("rm -f $M/blocks");
            mounted.sh("stat $M/blocks && ls -l $M/text").ok();
            release.countDown();
            for (Process process : processes) {
                assertEquals(0, process.waitFor());
            }
        }
    }

    @Test
    void shouldAnswerAnExceptionWithAnErrorAndGoOn() throws IOException, InterruptedException {
        try (Mounted mounted = Mounted.at(directory, root, "")) {
            for (String command : List.of("cat $M/broken", "stat $M/sizeless", "cat $M/broken")) {
                Shell.Result result = mounted.sh(command);
                assertNotEquals(0, result.exit());
                assertTrue(result.output().endsWith("Input/output error"), result.output());
            }
            assertEquals("text", mounted.sh("cat $M/text").ok());
        }
    }

    @Test
    void shouldCutOffOpenFilesWhenClosed() throws IOException, InterruptedException {
        Mounted mounted = Mounted.at(directory, root, "");
        Process holder = hold(mounted.path().resolve("text"));
        Logger logger = (Logger) LoggerFactory.getLogger(Callbacks.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try (BufferedReader output = holder.inputReader()) {
            assertEquals("open", output.readLine());
            assertTimeoutPreemptively(BOUND, mounted::close);
            assertFalse(Shell.isMounted(mounted.path()));
            assertTimeoutPreemptively(BOUND, mounted.mount()::awaitUnmount);
            holder.getOutputStream().close();
            assertTrue(output.readLine().endsWith("Transport endpoint is not connected"));
            assertEquals(
                    List.of("/text was open when it was unmounted"),
                    log.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void shouldInterruptBlockedOperationsWhenClosed() throws IOException, InterruptedException {
        Mounted mounted = Mounted.at(directory, root, "");
        Process reader = Shell.start(
                "cat \"$1\"", ProcessBuilder.Redirect.DISCARD, mounted.path().resolve("blocks"));
        Shell.await("it blocks", () -> blocked.get() == 1);
        assertTimeoutPreemptively(BOUND, mounted::close);
        assertFalse(Shell.isMounted(mounted.path()));
        assertTimeoutPreemptively(BOUND, mounted.mount()::awaitUnmount);
        assertTrue(interrupted.get());
        assertEquals(1, closed.get());
        assertNotEquals(0, reader.waitFor());
    }

    @Test
    void shouldWaitForOpenFilesThatAreClosedSoon() throws IOException, InterruptedException {
        Mounted mounted = Mounted.at(directory, root, "");
        Process holder = hold(mounted.path().resolve("text"));
        try (BufferedReader output = holder.inputReader()) {
            assertEquals("open", output.readLine());
            Thread closer = new Thread(mounted::close);
            closer.start();
            holder.getOutputStream().close();
            assertEquals("text", output.readLine());
            closer.join();
        }
        assertFalse(Shell.isMounted(mounted.path()));
    }

    @Test
    void shouldNoticeAnUnmountFromOutside() throws IOException, InterruptedException {
        Mounted mounted = Mounted.at(directory, root, "");
        mounted.sh("umount $M").ok();
        assertTimeoutPreemptively(BOUND, mounted.mount()::awaitUnmount);
        mounted.close();
    }

    @Test
    void shouldNotUnmountALaterMount() throws IOException, InterruptedException {
        Mounted mounted = Mounted.at(directory, root, "");
        mounted.sh("umount $M").ok();
        mounted.mount().awaitUnmount();
        // The kernel gives it the number of the device before.
        Mount later = Mount.mount(mounted.path(), root, MountOptions.DEFAULT, failure -> {});
        mounted.close();
        assertEquals("text", mounted.sh("cat $M/text").ok());
        later.close();
        assertFalse(Shell.isMounted(mounted.path()));
    }

    @Test
    void shouldNotUnmountWhatCoversIt() throws IOException, InterruptedException {
        Mounted mounted = Mounted.at(directory, root, "");
        mounted.sh("mount -t tmpfs none $M").ok();
        mounted.close();
        assertEquals("tmpfs", mounted.sh("stat -f -c %T $M").ok());
        mounted.sh("umount $M; umount $M").ok();
        assertTimeoutPreemptively(BOUND, mounted.mount()::awaitUnmount);
    }

    @Test
    void shouldLeaveNothingBehind() throws IOException, InterruptedException {
        Path path = Files.createDirectory(directory.resolve("mount"));
        Mounted.once(path, root);
        long descriptors = descriptors();
        for (int i = 0; i < (Boolean.getBoolean("pgofs.full") ? 500 : 20); i++) {
            Mounted.once(path, root);
        }
        Shell.await("threads end", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("fuse-")));
        assertEquals(descriptors, descriptors());
        assertEquals(0, ProcessHandle.current().children().count());
    }

    @Test
    void shouldLeaveSignalsAlone() throws IOException, InterruptedException {
        List<String> before = signals();
        try (Mounted mounted = Mounted.at(directory, root, "")) {
            mounted.sh("cat $M/text").ok();
            assertEquals(before, signals());
        }
        assertEquals(before, signals());
    }

    @Test
    void shouldCloseTwice() throws IOException, InterruptedException {
        Mounted mounted = Mounted.at(directory, root, "");
        mounted.close();
        mounted.close();
        assertFalse(Shell.isMounted(mounted.path()));
    }

    /** A process that opens a file, says so, and reads it when its standard input ends. */
    private static Process hold(Path file) throws IOException {
        return Shell.start("exec 3< \"$1\"; echo open; read line; cat <&3", ProcessBuilder.Redirect.PIPE, file);
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    private static List<String> signals() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn") || line.startsWith("SigCgt"))
                .toList();
    }

    private static final class Broken implements FileOperations {
        @Override
        public FileView look() {
            return FileView.now(5);
        }

        @Override
        public OpenFile open(FileView view, Caller caller) {
            return new OpenFile() {
                @Override
                public int read(long offset, ByteBuffer target) {
                    throw new AssertionError("broken on purpose");
                }
            };
        }
    }

    private final class Blocking implements FileOperations {
        @Override
        public FileView look() {
            return FileView.now(0);
        }

        @Override
        public OpenFile open(FileView view, Caller caller) {
            return new OpenFile() {
                @Override
                public int read(long offset, ByteBuffer target) throws FsException {
                    blocked.incrementAndGet();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        interrupted.set(true);
                        throw new FsException(Errno.EIO, "interrupted", e);
                    }
                    return 0;
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
        }
    }
}
