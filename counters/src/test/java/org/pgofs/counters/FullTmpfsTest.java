package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.linux.NoSpaceException;

/** A tmpfs of 4 MiB that somebody fills. */
class FullTmpfsTest extends StoreFixture {
    private Path filler;

    @Override
    @BeforeEach
    void open() throws IOException {
        path = Files.createDirectory(temporary.resolve("segments"));
        assertTrue(run("mount", "-t", "tmpfs", "-o", "size=4m,mode=1733", "pgofs-test", path.toString()));
        filler = path.resolve(".filler");
        reopen();
    }

    private void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            assertEquals(0, Files.getFileStore(path).getUsableSpace(), e::toString);
        }
    }

    private void takeTheReserve() throws IOException {
        Path reserve = path.resolve(".state/reserve");
        do {
            store.status(); // waits for a save that is not over: it renews the reserve last
            Files.deleteIfExists(reserve);
            fill();
        } while (Files.exists(reserve));
    }

    @Test
    void shouldSaveWhatEndedInTheReserve() throws IOException {
        TestTarget target = TestTarget.start(path, 1);
        target.set(1, 2, 3);
        assertArrayEquals(new long[] {1, 2, 3}, counts());
        await(() -> Files.exists(path.resolve(".state/reserve")));
        fill();
        target.close();
        await(() -> !Files.exists(target.path()));
        store.reset(images -> images);
        assertEquals(List.of(), store.images());
        assertTrue(store.status().state().failedSave().isEmpty());
        closeStore();
        reopen();
        assertEquals(List.of(), store.images());
    }

    @Test
    void shouldChangeNothingAndGoOnWhenThereIsNoRoomAtAll() throws IOException {
        try (TestTarget running = TestTarget.start(path, 1)) {
            TestTarget ended = TestTarget.start(path, 1);
            running.set(1, 2, 3);
            running.observe(1, 5, 50);
            ended.set(10, 20, 30);
            await(() -> counts()[0] == 11 && Files.exists(path.resolve(".state/reserve")));
            await(this::isSaved);
            takeTheReserve();

            assertThrows(NoSpaceException.class, () -> store.reset(images -> images));
            assertThrows(NoSpaceException.class, this::take);
            assertArrayEquals(new long[] {11, 22, 33}, counts());
            ended.close();
            await(() -> ended() == 1);
            running.set(2, 2, 3);
            assertArrayEquals(new long[] {12, 22, 33}, counts());
            await(() -> store.status().state().failedSave().isPresent());
            assertTrue(store.status().state().failedSave().get().reason().contains("no space left"));
            assertTrue(Files.exists(ended.path()));

            // As after a kill: nothing more can be saved.
            assertThrows(NoSpaceException.class, store::close);
            directory.close();
            reopen();
            assertArrayEquals(new long[] {12, 22, 33}, counts());
            assertEquals(
                    50, store.freeze(images -> images).get(0).values().at(1).get(5L));

            Files.delete(filler);
            await(() -> !Files.exists(ended.path()));
            assertTrue(store.status().state().failedSave().isEmpty());
            store.reset(images -> images);
            assertArrayEquals(new long[3], counts());
            assertFalse(take().snapshots().isEmpty());
        }
    }

    /** Whether the image is in a generation: one that is still being written would fail, and make room. */
    private boolean isSaved() throws IOException {
        return Files.readString(path.resolve(".state/manifest")).contains("\nimage ");
    }
}
