package org.pgofs.fs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.pgofs.counters.linux.MountTable;

/** Runs commands, since a JVM must not use the mount that it serves. */
public final class Shell {
    private static final Duration BOUND = Duration.ofMinutes(5);

    /**
     * What a command did.
     *
     * @param exit its exit code
     * @param output its standard output and error, without the last line's end
     */
    record Result(int exit, String output) {
        /** Demands that the command succeeded. */
        String ok() {
            assertEquals(0, exit, output);
            return output;
        }
    }

    private Shell() {}

    /** Runs a bash script, which sees the arguments as {@code $1}, {@code $2} and so on. */
    static Result run(String script, Object... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile("shell", ".out");
        try {
            Process process = start(script, ProcessBuilder.Redirect.to(output.toFile()), arguments);
            if (!process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("does not end: " + script);
            }
            return new Result(process.exitValue(), Files.readString(output).stripTrailing());
        } finally {
            Files.delete(output);
        }
    }

    /** Starts a bash script; its standard input is a pipe. */
    static Process start(String script, ProcessBuilder.Redirect output, Object... arguments) throws IOException {
        String[] command = new String[arguments.length + 4];
        command[0] = "bash";
        command[1] = "-c";
        command[2] = script;
        command[3] = "test";
        for (int i = 0; i < arguments.length; i++) {
            command[i + 4] = arguments[i].toString();
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
    }

    /** Waits for a condition. */
    public static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "never: " + what);
            Thread.onSpinWait();
        }
    }

    /** Whether anything is mounted at a path. */
    static boolean isMounted(Path path) {
        try {
            return MountTable.read().at(path).isPresent();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
