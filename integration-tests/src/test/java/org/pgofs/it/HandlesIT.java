package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A handle keeps the bytes and the size of the moment at which it was first read. */
final class HandlesIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;

    @TempDir
    Path directory;

    @Test
    void shouldKeepBytesAndSizeOfEachHandle() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        Path larger = TOOLCHAIN.workerWithLibrary(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program);
                Reader early = new Reader(mount, "early")) {
            worker.work(1);
            long size = early.start();
            worker.work(10);
            try (Worker second = Worker.start(mount.shell(), larger);
                    Reader late = new Reader(mount, "late")) {
                second.tell("library 3");
                long lateSize = late.start();
                assertTrue(lateSize > size, "two more images");
                mount.reset();
                worker.work(100);

                assertEquals(size, early.sizeAgain());
                assertEquals(lateSize, late.sizeAgain());
                assertEquals(size, Files.size(early.finish()));
                assertEquals(lateSize, Files.size(late.finish()));
                assertEquals(1, Profile.of(TOOLCHAIN, early.copy).calls("counted"));
                assertEquals(-1, Profile.of(TOOLCHAIN, early.copy).calls("library_counted"));
                assertEquals(3, Profile.of(TOOLCHAIN, late.copy).calls("library_counted"));
            }
        }
    }

    /** A running reader.py. */
    private static final class Reader implements AutoCloseable {
        final Path copy;
        private final PgofsMount mount;
        private Process process;
        private BufferedReader answers;

        Reader(PgofsMount mount, String name) {
            this.mount = mount;
            copy = mount.root().resolveSibling(name);
        }

        long start() throws IOException {
            process = mount.shell()
                    .command(
                            "python3",
                            Checkout.SOURCES.resolve("python/reader.py").toString(),
                            mount.profraw().toString(),
                            copy.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            return Long.parseLong(answers.readLine());
        }

        long sizeAgain() throws IOException {
            OutputStream commands = process.getOutputStream();
            commands.write('\n');
            commands.flush();
            return Long.parseLong(answers.readLine());
        }

        Path finish() throws IOException {
            assertEquals("done", answers.readLine());
            return copy;
        }

        @Override
        public void close() {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }
}
