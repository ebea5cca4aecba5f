package org.pgofs.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs commands in a directory with an environment, and keeps what they say.
 *
 * @param directory where commands run
 * @param environment added to that of this process
 * @param seconds after which a command has failed
 */
record Shell(Path directory, Map<String, String> environment, int seconds) {
    static {
        // Nobody else ends what runs when the tests are stopped.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly), "ender"));
    }

    static Shell in(Path directory) {
        return new Shell(directory, Map.of(), 700);
    }

    /** For commands that take long. */
    Shell patient() {
        return new Shell(directory, environment, 1800);
    }

    Shell with(String name, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(name, value);
        return new Shell(directory, more, seconds);
    }

    /** What a command left behind. */
    record Result(List<String> command, int status, String output, String errors) {
        Result ok() {
            if (status != 0) {
                throw new AssertionError("status %d of %s%n%s%s".formatted(status, command, output, errors));
            }
            return this;
        }
    }

    ProcessBuilder command(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().putAll(environment);
        return builder;
    }

    Result run(String... command) {
        try {
            Path output = Files.createTempFile("pgofs-it", ".out");
            Path errors = Files.createTempFile("pgofs-it", ".err");
            Process process = command(command)
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            process.getOutputStream().close();
            boolean ended = awaitEnd(process);
            Result result =
                    new Result(List.of(command), ended ? process.exitValue() : -1, takeText(output), takeText(errors));
            if (!ended) {
                throw new AssertionError("did not end: " + result);
            }
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends it and what it has started if that takes too long, or somebody has waited for too long for the test. */
    private boolean awaitEnd(Process process) throws InterruptedException {
        boolean ended = false;
        try {
            ended = process.waitFor(seconds, TimeUnit.SECONDS);
        } finally {
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
        return ended;
    }

    /** A script for bash; its arguments are $1 and so on. */
    Result bash(String script, Object... arguments) {
        List<String> command = new ArrayList<>(List.of("bash", "-euo", "pipefail", "-c", script, "script"));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return run(command.toArray(String[]::new));
    }

    private static String takeText(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.delete(file);
        return text;
    }
}
