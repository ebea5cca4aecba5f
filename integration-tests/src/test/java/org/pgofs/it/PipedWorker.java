package org.pgofs.it;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A child of a worker.c that takes its commands from a named pipe, and may outlive its parent. */
final class PipedWorker implements AutoCloseable {
    private final RandomAccessFile commands;
    private final RandomAccessFile output;
    private final BufferedReader answers;

    /**
     * Lets a worker start a child.
     *
     * @param how "clone" or "daemon"
     */
    PipedWorker(Path directory, Worker parent, String how) throws IOException {
        Path in = directory.resolve(how + ".in");
        Path out = directory.resolve(how + ".out");
        Shell.in(directory).run("mkfifo", in.toString(), out.toString()).ok();
        commands = new RandomAccessFile(in.toFile(), "rw");
        output = new RandomAccessFile(out.toFile(), "rw");
        answers =
                new BufferedReader(new InputStreamReader(new FileInputStream(output.getFD()), StandardCharsets.UTF_8));
        parent.tell(how + " " + in + " " + out);
    }

    void work(int calls) throws IOException {
        commands.writeBytes("work " + calls + "\n");
        String answer = answers.readLine();
        if (!"done".equals(answer)) {
            throw new AssertionError("answered by " + answer);
        }
    }

    /** Ends it: there is nobody left who writes into its pipe. */
    @Override
    public void close() throws IOException {
        commands.close();
        output.close();
    }
}
