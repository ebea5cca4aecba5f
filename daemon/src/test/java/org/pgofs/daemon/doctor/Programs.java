package org.pgofs.daemon.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Small programs, really compiled. */
final class Programs {
    /** Built with this module's dependencies; tests run in the directory of the module. */
    static final Path RUNTIME = Path.of("../counters/target/c/libpgofs_rt.a").toAbsolutePath();

    private static final String SOURCE =
            """
            #include <stdio.h>
            int twice(int a) { return a > 3 && a < 100 ? 2 * a : a; }
            int main(int argc, char **argv) { printf("%d %p\\n", twice(argc), (void *)argv); return 0; }
            """;

    private final Path directory;

    Programs(Path directory) {
        this.directory = directory;
    }

    /** Compiles and links the program by clang of a major version, with these arguments behind its source. */
    Path compile(int clang, String... arguments) {
        Path program = directory.resolve("program");
        List<String> command = new ArrayList<>(
                List.of("clang-" + clang, "-O1", write("program.c", SOURCE).toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-o", program.toString()));
        run(command);
        return program;
    }

    /** A file with a text. */
    Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command to its good end. */
    static void run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " failed: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
