package org.pgofs.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A running reader.py: a process that holds a handle on profraw. */
final class Reader implements AutoCloseable {
    private final Path copy;
    private final PgofsMount mount;
    private Process process;
    private BufferedReader answers;

    Reader(PgofsMount mount, String name) {
        this.mount = mount;
        copy = mount.root().resolveSibling(name);
    }

    /** What it has read, once it has ended. */
    Path copy() {
        return copy;
    }

    /** Opens the file, reads one byte, and returns the size. */
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

    /** The size again; then it reads the rest. */
    long sizeAgain() throws IOException {
        OutputStream commands = process.getOutputStream();
        commands.write('\n');
        commands.flush();
        return Long.parseLong(answers.readLine());
    }

    /** Waits until all is read. */
    Path finish() throws IOException {
        String answer = answers.readLine();
        if (!"done".equals(answer)) {
            throw new AssertionError("the reader answered " + answer);
        }
        return copy;
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
