package org.pgofs.counters.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryWatchTest {
    private static final int FILES = 3000;

    @TempDir
    Path directory;

    /** Who takes them up knows whether the next ones wait already. */
    @Test
    void shouldGiveManyClosesAFewAtATime() throws IOException {
        try (DirectoryWatch watch = new DirectoryWatch(directory)) {
            for (int i = 0; i < FILES; i++) {
                Files.createFile(directory.resolve("s-%032d".formatted(i)));
            }
            int found = watch.drain().size();
            assertTrue(found < FILES, "a few: " + found);
            while (watch.hasMore()) {
                found += watch.drain().size();
            }
            assertEquals(FILES, found);
            assertEquals(0, watch.drain().size());
            assertFalse(watch.hasMore());
        }
    }
}
