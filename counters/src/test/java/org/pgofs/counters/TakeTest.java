package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.linux.RealChanges;
import org.pgofs.counters.segment.SegmentDirectory;

/** Taking counts away, exactly. */
class TakeTest extends StoreFixture {
    private long[] lastTake() {
        List<Snapshot> taken = store.lastTake("all");
        return taken.isEmpty() ? new long[0] : counts(taken.get(0));
    }

    @Test
    void shouldTakeExactlyWhatWasRead() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            TestTarget ended = TestTarget.start(path, 1);
            ended.set(100, 0, 0);
            target.set(1, 2, 3);
            try (Take take = take()) {
                assertArrayEquals(
                        new long[] {101, 2, 3}, counts(take.snapshots().get(0)));
                ended.set(110, 0, 0);
                ended.close();
                await(() -> ended() == 1);
                target.set(2, 2, 9);
                assertArrayEquals(new long[] {112, 2, 9}, counts());
                take.commit();
            }
            assertArrayEquals(new long[] {11, 0, 6}, counts());
            assertEquals(1, ended());
            assertArrayEquals(new long[] {101, 2, 3}, lastTake());
        }
    }

    /** What a reader could not be given must be in the next take. */
    @Test
    void shouldTakeOnlyTheValuesThatAreDelivered() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            TestTarget ended = TestTarget.start(path, 1);
            ended.observe(1, 1, 50, 2, 6);
            ended.close();
            await(() -> ended() == 1);
            target.set(1, 2, 3);
            target.observe(1, 1, 50, 4, 7);
            ValueCounts part = new ValueCounts();
            part.add(1, 1, 100);
            try (Take take = take()) {
                take.deliver(List.of(part));
                take.commit();
            }
            assertEquals(Map.of(1L, 100L), store.lastTake("all").get(0).values().at(1));
            assertEquals(Map.of(2L, 6L, 4L, 7L), values().at(1));
            assertArrayEquals(new long[] {0, 0, 0}, counts());
            target.observe(1, 4, 3);
            try (Take take = take()) {
                assertEquals(
                        Map.of(2L, 6L, 4L, 10L),
                        take.snapshots().get(0).values().at(1));
                take.commit();
            }
            assertTrue(values().isEmpty());
        }
    }

    private ValueCounts values() throws IOException {
        return store.freeze(images -> images).get(0).values();
    }

    @Test
    void shouldTakeNothingWithoutACommit() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.set(1, 2, 3);
            take().close();
            assertArrayEquals(new long[] {1, 2, 3}, counts());
            assertArrayEquals(new long[0], lastTake());
        }
    }

    @Test
    void shouldTakeNothingAfterAReset() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.set(1, 2, 3);
            try (Take take = take()) {
                store.reset(images -> images);
                target.set(2, 2, 3);
                assertThrows(IOException.class, take::commit);
            }
            assertArrayEquals(new long[] {1, 0, 0}, counts());
            assertArrayEquals(new long[0], lastTake());
        }
    }

    @Test
    void shouldTakeOnlyOnceAndOneAtATime() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.set(1, 2, 3);
            Take first = take();
            assertThrows(TakeInProgressException.class, this::take);
            first.commit();
            assertThrows(IOException.class, first::commit);
            try (Take second = take()) {
                first.close();
                assertTrue(store.isTakeInProgress());
                target.set(1, 2, 4);
                second.commit();
            }
            assertArrayEquals(new long[] {0, 0, 0}, lastTake());
            assertArrayEquals(new long[] {0, 0, 1}, counts());
        }
    }

    /** Another daemon may have gone on with the state. */
    @Test
    void shouldChangeNothingAfterTheStoreWasClosed() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.set(1, 2, 3);
            CounterStore earlier = store;
            Take take = take();
            closeStore();
            assertClosed(take::commit);
            assertClosed(() -> earlier.reset(images -> images));
            assertClosed(earlier::status);
            assertClosed(earlier::images);
            assertClosed(() -> earlier.machines().detach("vm"));
            take.close();
            assertClosed(() -> earlier.take("all", images -> images));
            reopen();
            assertArrayEquals(new long[] {1, 2, 3}, counts());
        }
    }

    private static void assertClosed(Executable call) {
        assertEquals(
                "the store is closed", assertThrows(IOException.class, call).getMessage());
    }

    @Test
    void shouldChangeNothingWhenMemoryRunsOutBeforeItIsSaved() throws IOException {
        closeStore();
        Thread test = Thread.currentThread();
        AtomicBoolean fails = new AtomicBoolean();
        directory = SegmentDirectory.acquire(path, new RealChanges() {
            @Override
            public void rename(Path from, Path to) throws IOException {
                if (fails.get() && Thread.currentThread() == test) {
                    throw new OutOfMemoryError("injected");
                }
                super.rename(from, to);
            }
        });
        store = CounterStore.open(directory, bounds);
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.set(1, 2, 3);
            target.observe(1, 5, 7);
            assertArrayEquals(new long[] {1, 2, 3}, counts());
            fails.set(true);
            assertThrows(OutOfMemoryError.class, () -> store.reset(images -> images));
            fails.set(false);
            assertUnchanged();
            try (Take take = take()) {
                fails.set(true);
                assertThrows(OutOfMemoryError.class, take::commit);
                fails.set(false);
            }
            assertUnchanged();
            assertArrayEquals(new long[0], lastTake());
            closeStore();
            reopen();
            assertUnchanged();
        }
    }

    private void assertUnchanged() throws IOException {
        assertArrayEquals(new long[] {1, 2, 3}, counts());
        assertEquals(
                Map.of(5L, 7L), store.freeze(images -> images).get(0).values().at(1));
    }

    @Test
    void shouldNumberTakesOverRestartsAndGiveNoNumberTwice() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.set(1, 2, 3);
            String name = store.status().takes().store();
            try (Take take = take()) {
                assertEquals(1, take.number());
            }
            try (Take take = take()) {
                assertEquals(1, take.number(), "the one before was not committed");
                assertEquals(name, take.store());
                take.commit();
            }
            store.reset(images -> images);
            closeStore();
            reopen();
            try (Take take = store.take("image", images -> images)) {
                assertEquals(2, take.number());
                take.commit();
            }
            assertEquals(name, store.status().takes().store());
            assertEquals(2, store.status().takes().last());
            assertEquals(1, store.lastTakeNumber("all").orElseThrow().number());
            assertEquals(2, store.lastTakeNumber("image").orElseThrow().number());
        }
    }

    @Test
    void shouldTellAKeeperOfItsLastTakeWhoeverTakesAfterIt() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.set(1, 2, 3);
            take().commit();
            target.set(2, 2, 3);
            try (Take take = take()) {
                take.commit("me");
            }
            assertEquals(Map.of("me", 2L), store.status().takes().ofKeepers());
            assertArrayEquals(new long[] {1, 2, 3}, lastTake(), "what a keeper has needs no second copy");
            assertEquals(1, store.lastTakeNumber("all").orElseThrow().number());
            for (int i = 0; i < 3; i++) {
                take().commit();
            }
            closeStore();
            reopen();
            assertEquals(Map.of("me", 2L), store.status().takes().ofKeepers());
            assertEquals(5, store.status().takes().last());
            assertArrayEquals(new long[3], counts());
        }
    }

    @Test
    void shouldRememberTheLastOfManyKeepers() throws IOException {
        for (int i = 0; i < 100; i++) {
            try (Take take = take()) {
                take.commit("keeper" + i % 70);
            }
        }
        Map<String, Long> keepers = store.status().takes().ofKeepers();
        assertEquals(64, keepers.size());
        assertEquals(100, keepers.get("keeper29"));
        assertEquals(70, keepers.get("keeper69"));
        assertEquals(
                37, keepers.values().stream().mapToLong(Long::longValue).min().orElseThrow());
    }

    @Test
    void shouldBeginNumbersOfAnotherStoreWhenTheStateIsGone() throws IOException {
        take().commit();
        String name = store.status().takes().store();
        closeStore();
        try (var files = Files.list(path.resolve(".state"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        reopen();
        assertEquals(0, store.status().takes().last());
        assertNotEquals(name, store.status().takes().store());
    }

    @Test
    void shouldKeepATakeAndItsCountsOverRestarts() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.set(1, 2, 3);
            take().commit();
            for (int i = 0; i < 2; i++) {
                closeStore();
                reopen();
                assertArrayEquals(new long[] {1, 2, 3}, lastTake());
                assertArrayEquals(new long[3], counts());
                store.reset(images -> images);
            }
        }
    }
}
