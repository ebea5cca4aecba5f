package org.pgofs.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A running worker.c. */
final class Worker implements AutoCloseable {
    private final Process process;
    private final OutputStream commands;
    private final BufferedReader answers;

    private Worker(Process process) {
        this.process = process;
        commands = process.getOutputStream();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts it; it is up, and published if it publishes, on return. */
    static Worker start(Shell shell, Path program) throws IOException {
        return start(shell, Target.HERE, program);
    }

    /** The same of one for another machine. */
    static Worker start(Shell shell, Target target, Path program) throws IOException {
        List<String> command = new ArrayList<>(target.runner());
        command.add(program.toString());
        Worker worker = new Worker(shell.command(command.toArray(String[]::new))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        worker.tell("work 0");
        return worker;
    }

    long pid() {
        return process.pid();
    }

    /** Gives a command and waits until it is done. */
    void tell(String command) throws IOException {
        commands.write((command + "\n").getBytes(StandardCharsets.UTF_8));
        commands.flush();
        String answer = answers.readLine();
        if (!"done".equals(answer)) {
            throw new AssertionError(command + " was answered by " + answer);
        }
    }

    /** Gives a command that the worker does not survive; returns its status. */
    int die(String command) throws IOException {
        commands.write((command + "\n").getBytes(StandardCharsets.UTF_8));
        commands.flush();
        Await.until("the worker has ended", () -> !process.isAlive());
        return process.exitValue();
    }

    void work(int calls) throws IOException {
        tell("work " + calls);
    }

    /** Ends it as programs end. */
    void end() throws IOException, InterruptedException {
        commands.close();
        int status = process.waitFor();
        if (status != 0) {
            throw new AssertionError("the worker ended with " + status);
        }
    }

    /** Ends it by SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
