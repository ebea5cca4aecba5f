package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The thread that keeps up with the programs of a busy machine. */
class SegmentWatcherTest extends StoreFixture {
    private static List<String> niceOfWatchers() throws IOException {
        List<String> nice = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                addNice(thread.resolve("stat"), nice);
            }
        }
        return nice;
    }

    private static void addNice(Path file, List<String> nice) throws IOException {
        try {
            String stat = Files.readString(file);
            if (stat.contains("(segment-watcher)")) {
                // Behind the number and the name.
                nice.add(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16]);
            }
        } catch (NoSuchFileException e) {
            // Another thread, which has ended.
        }
    }

    @Test
    void shouldHaveAProcessorBeforeOthers() throws IOException {
        await(() -> niceOfWatchers().equals(List.of("-10")));
        assertEquals(List.of("-10"), niceOfWatchers());
    }
}
