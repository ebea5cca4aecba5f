package org.pgofs.fleet.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryStoreTest {
    private static final byte[] ONE = {1};
    private static final byte[] TWO = {2, 2};

    @TempDir
    private Path directory;

    private Path root;
    private ObjectStore store;

    @BeforeEach
    void open() {
        root = directory.resolve("new/store");
        store = new DirectoryStore(root);
    }

    @Test
    void shouldLeaveNothingBesideAnObject() throws IOException {
        store.writeIfAbsent("x", ONE);
        store.writeIfAbsent("x", TWO);
        store.replace("x", TWO);

        try (Stream<Path> files = Files.walk(root)) {
            assertEquals(
                    List.of(root.resolve("x")),
                    files.filter(Files::isRegularFile).toList());
        }
    }

    /** What is younger may belong to a writer that is at it. */
    @Test
    void shouldClearWhatAKilledWriterLeft() throws IOException {
        store.writeIfAbsent("x", ONE);
        Path unfinished = root.resolve(".unfinished");
        Instant now = Files.getLastModifiedTime(root.resolve("x")).toInstant();
        Path old = Files.write(unfinished.resolve("old"), ONE);
        Files.setLastModifiedTime(old, FileTime.from(now.minusSeconds(3700)));
        Path young = Files.write(unfinished.resolve("young"), ONE);
        Files.setLastModifiedTime(young, FileTime.from(now.minusSeconds(3000)));

        new DirectoryStore(root).writeIfAbsent("y", ONE);

        try (Stream<Path> files = Files.list(unfinished)) {
            assertEquals(List.of(young), files.toList());
        }
        assertEquals(List.of("x", "y"), store.list(""));
    }

    @Test
    void shouldNotListWhatIsUnfinished() throws IOException {
        store.writeIfAbsent("x", ONE);
        Files.write(root.resolve(".y.unfinished"), ONE);

        assertEquals(List.of("x"), store.list(""));
    }

    /** Each of many writers at once believes that it may be the first. */
    @Test
    void shouldLetOneOfManyWritersWin() throws Exception {
        ExecutorService writers = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 20; round++) {
                String name = "v1/" + round;
                List<Callable<Boolean>> all = IntStream.range(0, 8)
                        .mapToObj(i -> (Callable<Boolean>) () -> store.writeIfAbsent(name, new byte[] {(byte) i}))
                        .toList();
                int won = 0;
                for (Future<Boolean> writer : writers.invokeAll(all)) {
                    won += writer.get() ? 1 : 0;
                }
                assertEquals(1, won);
            }
        } finally {
            writers.shutdownNow();
        }
    }

    @Test
    void shouldReadNoLinksAndWaitForNoPipe() throws Exception {
        store.writeIfAbsent("x", ONE);
        Files.createSymbolicLink(root.resolve("link"), root.resolve("x"));
        new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start().waitFor();

        assertThrows(IOException.class, () -> store.read("link", 10));
        assertThrows(IOException.class, () -> store.read("pipe", 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "v1/../x", "/x", "v1//x", "v1/.x", "", "v1/"})
    void shouldStayInItsDirectory(String name) {
        assertThrows(IllegalArgumentException.class, () -> store.replace(name, ONE));
        assertThrows(IllegalArgumentException.class, () -> store.read(name, 10));
    }
}
