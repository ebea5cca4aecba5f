package org.pgofs.profraw;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The programs and files among the test resources. */
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

    static ByteBuffer golden(String name) throws IOException {
        try (InputStream file = TestSources.class.getResourceAsStream("/golden/" + name)) {
            return ByteBuffer.wrap(file.readAllBytes());
        }
    }

    static List<String> goldenLines(String name) throws IOException {
        return StandardCharsets.UTF_8.decode(golden(name)).toString().lines().toList();
    }
}
