package org.pgofs.fs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

/** Programs write to a control file, as to one of debugfs. */
final class WriteIT {
    @TempDir
    private Path directory;

    private Mounted mounted;
    private final List<String> calls = new CopyOnWriteArrayList<>();

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        Directory root = Directory.fixed()
                .add("reset", new PseudoFile(0200, new Control()))
                .add("text", new PseudoFile(0444, new TextFile(() -> "text\n")));
        mounted = Mounted.at(directory, root, "");
    }

    @AfterEach
    void unmount() {
        mounted.close();
    }

    @Test
    void shouldTellAShellsWrite() throws IOException, InterruptedException {
        mounted.sh("echo 1 > $M/reset").ok();
        awaitClose();
        assertEquals(List.of("open", "write 0 1\n", "close"), calls);
    }

    @Test
    void shouldPassOnEveryWriteOfAProgram() throws IOException, InterruptedException {
        mounted.sh("python3 -c 'import os, sys; f = os.open(sys.argv[1], os.O_WRONLY | os.O_TRUNC);"
                        + " os.write(f, b\"a\"); os.write(f, b\"bc\")' $M/reset")
                .ok();
        awaitClose();
        assertEquals(List.of("write 0 a", "write 1 bc"), writes());
    }

    @Test
    void shouldAcceptAppending() throws IOException, InterruptedException {
        mounted.sh("echo 1 >> $M/reset").ok();
        assertEquals(List.of("write 0 1\n"), writes());
    }

    @Test
    void shouldAcceptWritingWithoutTruncation() throws IOException, InterruptedException {
        mounted.sh(
                        "printf 1 | dd of=$M/reset conv=notrunc && printf 2 | dd of=$M/reset conv=fsync && printf 3 | tee $M/reset")
                .ok();
        assertEquals(List.of("write 0 1", "write 0 2", "write 0 3"), writes());
    }

    @Test
    void shouldTruncateWithoutAnEffect() throws IOException, InterruptedException {
        mounted.sh("truncate -s 0 $M/reset && : > $M/reset && truncate -s 0 $M/text")
                .ok();
        assertEquals(List.of(), writes());
        assertEquals("text", mounted.sh("cat $M/text").ok());
    }

    @Test
    void shouldTellTheWriterWhyItFailed() throws IOException, InterruptedException {
        Shell.Result result = mounted.sh("echo busy > $M/reset");
        assertNotEquals(0, result.exit());
        assertTrue(result.output().endsWith("Device or resource busy"), result.output());
    }

    @Test
    void shouldRefuseDataWhereNoneIsTaken() throws IOException, InterruptedException {
        Shell.Result result = mounted.sh("echo 1 > $M/text");
        assertNotEquals(0, result.exit());
        assertTrue(result.output().endsWith("Invalid argument"), result.output());
    }

    @Test
    void shouldGiveRootNothingToReadFromAControlFile() throws IOException, InterruptedException {
        assertEquals("", mounted.sh("cat $M/reset").ok());
    }

    private List<String> writes() {
        return calls.stream().filter(call -> call.startsWith("write")).toList();
    }

    /** The kernel does not wait for the answer to a release. */
    private void awaitClose() {
        Shell.await("close", () -> calls.contains("close"));
    }

    private final class Control implements FileOperations {
        @Override
        public FileView look() {
            return FileView.now(0);
        }

        @Override
        public OpenFile open(FileView view, Caller caller) {
            calls.add("open");
            return new OpenFile() {
                @Override
                public void write(long offset, ByteBuffer data) throws FsException {
                    String text = StandardCharsets.UTF_8.decode(data).toString();
                    calls.add("write " + offset + " " + text);
                    if (text.equals("busy\n")) {
                        throw new FsException(Errno.EBUSY, "another reset is running");
                    }
                }

                @Override
                public void close() {
                    calls.add("close");
                }
            };
        }
    }
}
