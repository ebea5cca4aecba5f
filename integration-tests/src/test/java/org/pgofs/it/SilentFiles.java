package org.pgofs.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A user's file system that answers no reads: a running silent_files.c. */
final class SilentFiles implements AutoCloseable {
    private final Process server;
    private final Path root;

    /** Mounts it. */
    SilentFiles(Path directory, int user) throws IOException {
        Path program = directory.resolve("silent_files");
        Shell.in(directory)
                .run(
                        "cc",
                        "-O1",
                        "-o",
                        program.toString(),
                        Checkout.SOURCES.resolve("c/silent_files.c").toString())
                .ok();
        root = Files.createDirectory(directory.resolve("silent"));
        server = Shell.in(directory)
                .command(program.toString(), root.toString(), Integer.toString(user))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        if (!"mounted".equals(lines.readLine())) {
            throw new AssertionError("not mounted");
        }
    }

    /** Its only file. */
    Path file() {
        return root.resolve("pages");
    }

    @Override
    public void close() {
        end();
    }

    /** Ends it: all reads fail. */
    void end() {
        try {
            server.getOutputStream().close();
            server.waitFor();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
