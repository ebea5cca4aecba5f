package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * A program with the compiler's own runtime and dump_when_asked.c that reads its standard input, and waits there for more: at
 * this moment what is read of its memory must be what it would write itself.
 */
final class WaitingProgram implements AutoCloseable {
    /** What has to be linked in. */
    static final Path DUMP = Checkout.SOURCES.resolve("c/dump_when_asked.c");

    private final Path directory;
    private final Process process;
    private final OutputStream input;

    /** Starts it. */
    WaitingProgram(Path directory, List<String> command) throws IOException {
        this.directory = directory;
        process = Shell.in(directory)
                .with("LLVM_PROFILE_FILE", "/dev/null")
                .with("PROFILE_WHEN_ASKED", own().toString())
                .command(command.toArray(String[]::new))
                .redirectOutput(output().toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        input = process.getOutputStream();
    }

    private Path own() {
        return directory.resolve("when-asked.profraw");
    }

    private Path output() {
        return directory.resolve("output");
    }

    /** Gives it something to read. */
    void tell(Path file) throws IOException {
        Files.copy(file, input);
        input.flush();
    }

    /** What it is given to do after a reset. */
    interface More {
        void run() throws IOException;
    }

    /** Waits until it has nothing more to do. */
    void await(String lastOutput) {
        Path call = Path.of("/proc/" + process.pid() + "/syscall");
        Await.until(
                "it waits for more",
                () -> text(output()).endsWith(lastOutput) && text(call).startsWith("0 0x0 "));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private String dump(StockComparison comparison) throws IOException {
        Files.deleteIfExists(own());
        Shell.in(directory).run("kill", "-USR1", Long.toString(process.pid())).ok();
        Await.until("it has written its profile", () -> Files.exists(own()));
        return comparison.show(own());
    }

    /**
     * Compares what it would write with what is served when it is read; and what has come since then with what is served
     * after a reset.
     */
    String assertServed(Toolchain toolchain, More more) throws IOException {
        StockComparison comparison = new StockComparison(toolchain, directory);
        String expected = dump(comparison);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            List<String> attach = new ArrayList<>(List.of(Checkout.PGOFS.toString(), "attach", "--pid"));
            attach.addAll(List.of(Long.toString(process.pid()), mount.root().toString()));
            mount.shell().run(attach.toArray(String[]::new)).ok();
            comparison.assertSameText(expected, comparison.show(mount.copy()));
            mount.reset();
            more.run();
            SortedMap<String, Long> since = new ProfileNumbers(dump(comparison)).since(new ProfileNumbers(expected));
            assertTrue(since.values().stream().anyMatch(count -> count > 1), "it has done more");
            assertEquals(since, new ProfileNumbers(comparison.show(mount.copy())).nonzero());
        }
        return expected;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
