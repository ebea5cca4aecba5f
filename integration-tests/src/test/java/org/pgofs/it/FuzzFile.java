package org.pgofs.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file for what is read from files, in memory, since it is written thousands of times. */
public final class FuzzFile {
    private FuzzFile() {}

    /**
     * Makes one, empty, that goes with this process.
     *
     * @param suffix of its name
     * @return the file
     */
    public static Path make(String suffix) {
        try {
            Path file = Files.createTempFile(Path.of("/dev/shm"), "pgofs-fuzz", suffix);
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
