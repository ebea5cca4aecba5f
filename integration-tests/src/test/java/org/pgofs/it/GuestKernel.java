package org.pgofs.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A kernel that {@code pgofs kernel run} has booted, with a program in it that speaks as in_guest.c does. */
final class GuestKernel implements AutoCloseable {
    private final Path directory;
    private final Process process;
    private final BufferedReader output;

    private GuestKernel(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Boots it; its program works in the directory of the shell. */
    static GuestKernel boot(Shell shell, Path init, String... options) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(Checkout.PGOFS.toString(), "kernel", "run", "--init", init.toString()));
        command.addAll(List.of(options));
        Process process = shell.command(command.toArray(String[]::new))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        return new GuestKernel(shell.directory(), process);
    }

    /** Waits until the program says so. */
    void await(String word) throws IOException {
        String line;
        do {
            line = output.readLine();
            if (line == null) {
                throw new AssertionError("the guest ended and has not said " + word);
            }
        } while (!line.equals(word));
    }

    /** Lets the program begin with its work, or end. */
    void tell(String word) throws IOException {
        Files.createFile(directory.resolve(word));
    }

    /** Its exit code, when it has ended. */
    int join() throws InterruptedException {
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            throw new AssertionError("the guest does not end");
        }
        return process.exitValue();
    }

    /** Of {@code pgofs kernel run}. */
    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
        process.destroyForcibly();
    }
}
