package org.pgofs.fleet.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

    /** Whoever may write to the store must not reach by it what he may not write. */
    @Test
    void shouldFollowNoLinkToAnotherDirectory() throws IOException {
        Path other = Files.createDirectories(directory.resolve("other/sub"));
        Path file = Files.write(other.resolve("x"), ONE);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        store.writeIfAbsent("v1/y", ONE);
        Files.createSymbolicLink(root.resolve("link"), other);
        Files.createSymbolicLink(root.resolve("up"), other.getParent());

        for (String name : List.of("link/x", "link/new", "up/sub/x", "up/sub/new", "up/new/x")) {
            assertThrows(IOException.class, () -> store.writeIfAbsent(name, TWO), name);
            assertThrows(IOException.class, () -> store.replace(name, TWO), name);
            assertThrows(IOException.class, () -> store.read(name, 10), name);
        }
        assertEquals(List.of(), store.list("link/"));
        assertEquals(List.of(), store.list("up/sub/"));
        Files.delete(root.resolve(".unfinished"));
        Files.createSymbolicLink(root.resolve(".unfinished"), other);
        ObjectStore anew = new DirectoryStore(root);
        assertThrows(IOException.class, () -> anew.replace("v1/y", TWO));
        assertThrows(IOException.class, () -> anew.writeIfAbsent("v1/z", TWO));
        try (Stream<Path> files = Files.walk(other.getParent()).filter(Files::isRegularFile)) {
            assertEquals(List.of(file), files.toList());
        }
        assertArrayEquals(ONE, Files.readAllBytes(file));
        assertArrayEquals(ONE, store.read("v1/y", 10));
    }

    @Test
    void shouldNameTheObjectWhichIsBad() throws IOException {
        store.writeIfAbsent("v1/x", TWO);

        assertEquals(
                root + "/v1/x has 2 bytes, more than 1",
                assertThrows(UnusableObjectException.class, () -> store.read("v1/x", 1))
                        .getMessage());
        Files.createDirectory(root.resolve("v1/d"));
        assertEquals(
                root + "/v1/d is not a regular file",
                assertThrows(UnusableObjectException.class, () -> store.read("v1/d", 1))
                        .getMessage());
        assertEquals(
                root + "/v1/y",
                assertThrows(NoSuchFileException.class, () -> store.read("v1/y", 1))
                        .getMessage());
        assertTrue(assertThrows(IOException.class, () -> store.replace("v1/x/y", ONE))
                .getMessage()
                .startsWith(root + "/v1/x/y is to be in a directory"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "v1/../x", "/x", "v1//x", "v1/.x", "", "v1/"})
    void shouldStayInItsDirectory(String name) {
        assertThrows(IllegalArgumentException.class, () -> store.replace(name, ONE));
        assertThrows(IllegalArgumentException.class, () -> store.read(name, 10));
    }
}
