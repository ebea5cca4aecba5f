package org.pgofs.counters;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgofs.counters.linux.RealChanges;
import org.pgofs.counters.segment.RefusedLog;

/** The log of refusals, to which anyone may write. */
public final class RefusedLogFuzz {
    private static final Path DIRECTORY = directory();

    private RefusedLogFuzz() {}

    private static Path directory() {
        try {
            Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "pgofs-fuzz");
            Path log = directory.resolve(RefusedLog.NAME);
            directory.toFile().deleteOnExit();
            log.toFile().deleteOnExit();
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Tries one.
     *
     * @param input the log
     */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            Files.write(DIRECTORY.resolve(RefusedLog.NAME), input);
            long known = new RefusedLog(DIRECTORY, DIRECTORY, RealChanges.INSTANCE)
                    .counts().values().stream().mapToLong(Long::longValue).sum();
            if (known > input.length) {
                throw new AssertionError(known);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
