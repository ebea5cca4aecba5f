package org.pgofs.profraw;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The programs among the test resources. */
final class TestSources {
    private TestSources() {}

    /** Writes one into a directory and returns its path. */
    static Path write(Path directory, String name) throws IOException {
        Path file = directory.resolve(name);
        try (InputStream source = TestSources.class.getResourceAsStream(name)) {
            Files.copy(source, file);
        }
        return file;
    }
}
