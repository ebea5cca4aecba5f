package org.pgofs.daemon.profile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.pgofs.daemon.client.LlvmTool;

/** Coverage in lcov's format, for genhtml and others. The mapping of counters to lines is in the program: llvm-cov reads it. */
final class LcovTrace {
    private static final String TOOL = "llvm-cov";

    private LcovTrace() {}

    /**
     * Checks what can be checked before anything is read.
     *
     * @throws IOException if there is no coverage, or no llvm-cov; the message is one line
     */
    static void require(ServedImage image) throws IOException {
        tool();
        if (!image.coverage()) {
            throw new IOException(
                    image.name() + " has no coverage: build with -fprofile-instr-generate -fcoverage-mapping");
        }
    }

    private static Path tool() throws IOException {
        return LlvmTool.newest(TOOL)
                .orElseThrow(
                        () -> new IOException(TOOL + " makes lcov files, and is not installed: apt-get install llvm"));
    }

    /**
     * Makes it.
     *
     * @param indexed the profile
     * @param program the instrumented file
     * @throws IOException if llvm-cov fails; the message is one line
     */
    static byte[] of(ByteBuffer indexed, Path program) throws IOException {
        Path tool = tool();
        Path profile = Files.createTempFile("pgofs", ".profdata");
        Path errors = Files.createTempFile("pgofs", ".err");
        try {
            try (FileChannel channel = FileChannel.open(profile, StandardOpenOption.WRITE)) {
                Channels.newOutputStream(channel).write(bytes(indexed));
            }
            Process process = new ProcessBuilder(
                            tool.toString(), "export", "-format=lcov", "-instr-profile=" + profile, program.toString())
                    .redirectError(errors.toFile())
                    .start();
            process.getOutputStream().close();
            byte[] trace = process.getInputStream().readAllBytes();
            if (process.waitFor() != 0) {
                throw new IOException(tool + ": "
                        + Files.readString(errors).lines().findFirst().orElse("it failed without a word"));
            }
            return trace;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.delete(profile);
            Files.delete(errors);
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
