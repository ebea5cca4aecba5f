package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.limits.OverBound;

/** Users who have leases on their files: an open that waits for one would keep everybody waiting. */
class LeaseTest extends StoreFixture {
    private static final int FILES = 3;

    /** The kernel ends a lease after 45 s: a machine that is so slow is not what is tested. */
    private static final int TRIES = 5;

    private List<LeaseHolder> hold(List<Path> files) throws IOException {
        List<LeaseHolder> holders = new ArrayList<>();
        for (Path file : files) {
            holders.add(LeaseHolder.readWithPendingWriter(file));
        }
        return holders;
    }

    private static void letGo(List<LeaseHolder> holders) throws IOException {
        for (LeaseHolder holder : holders) {
            holder.close();
        }
    }

    private boolean resetsWhile(List<LeaseHolder> holders) throws IOException {
        store.reset(images -> images);
        return holders.stream().allMatch(LeaseHolder::isPending);
    }

    /** Values of programs that ended: only somebody who opens their files for writing keeps them from being added up. */
    @Test
    void shouldResetValuesWhileLeasesArePending() throws IOException {
        boolean done = false;
        for (int i = 0; i < TRIES && !done; i++) {
            closeStore();
            List<Path> files = new ArrayList<>();
            for (int j = 0; j < FILES; j++) {
                try (TestTarget target = TestTarget.start(path, 1)) {
                    target.set(1, 2, 3);
                    target.observe(0, TestTarget.LOAD_BIAS + TestTarget.SECOND, 7);
                    files.add(target.path());
                }
            }
            List<LeaseHolder> holders = hold(files);
            reopen();
            assertArrayEquals(new long[] {FILES, 2 * FILES, 3 * FILES}, counts());
            done = resetsWhile(holders);
            assertArrayEquals(new long[] {0, 0, 0}, counts());
            assertEquals(0, values());
            letGo(holders);
            await(() -> ended() == FILES);
            assertArrayEquals(new long[] {0, 0, 0}, counts());
            assertEquals(0, values(), "what could not be told of the reset is subtracted");
            assertEquals(List.of(), store.status().dropped());
            store.reset(images -> images);
        }
        assertTrue(done, "the reset waited for a lease");
    }

    private long values() throws IOException {
        return store.freeze(images -> images).get(0).values().size();
    }

    @Test
    void shouldResetMarksWhileLeasesArePending() throws IOException {
        boolean done = false;
        for (int i = 0; i < TRIES && !done; i++) {
            closeStore();
            List<Path> files = new ArrayList<>();
            for (int j = 0; j < FILES; j++) {
                try (MarkTarget target = new MarkTarget(path, MarkTarget.BYTES)) {
                    target.put(j, 0);
                    files.add(target.path());
                }
            }
            List<LeaseHolder> holders = hold(files);
            reopen();
            assertEquals(FILES, covered());
            done = resetsWhile(holders);
            assertEquals(0, covered());
            if (done) {
                assertEquals(FILES, store.status().overBounds().get(0).segments());
                closeStore();
                reopen();
                assertEquals(0, covered(), "of an earlier daemon's reset");
                await(() -> !store.status().overBounds().isEmpty());
            }
            letGo(holders);
            await(() -> ended() == FILES && store.status().overBounds().isEmpty());
            assertEquals(0, covered());
            assertEquals(List.of(), store.status().dropped());
            store.reset(images -> images);
        }
        assertTrue(done, "the reset waited for a lease");
    }

    private int covered() throws IOException {
        Snapshot snapshot = store.freeze(images -> images).get(0);
        int covered = 0;
        for (int i = 0; i < snapshot.counters().limit(); i++) {
            covered += snapshot.counters().get(i) == 0 ? 1 : 0;
        }
        return covered;
    }

    /** What cannot be opened waits, and is neither dropped nor lost. */
    @Test
    void shouldTakeUpASegmentWhenItsLeaseIsGone() throws IOException {
        assertTakenUpWhenLeaseIsGone(false);
    }

    @Test
    void shouldTakeUpASegmentWhenTheLeaseOfItsImageFileIsGone() throws IOException {
        assertTakenUpWhenLeaseIsGone(true);
    }

    private void assertTakenUpWhenLeaseIsGone(boolean ofImage) throws IOException {
        boolean waited = false;
        for (int i = 1; i <= TRIES && !waited; i++) {
            closeStore();
            Path held;
            try (TestTarget target = TestTarget.start(path, i)) {
                target.set(1, 2, 3);
                held = ofImage ? target.imagePath() : target.path();
            }
            try (LeaseHolder holder = LeaseHolder.write(held)) {
                reopen();
                store.reset(images -> images);
                List<OverBound> waiting = store.status().overBounds();
                waited = holder.isHeld();
                if (waited) {
                    assertEquals(1, waiting.size());
                    assertEquals(1, waiting.get(0).segments());
                    assertTrue(waiting.get(0).reason().contains("lease"), waiting::toString);
                    assertEquals(List.of(), store.images());
                }
            }
            if (waited) {
                await(() -> !store.images().isEmpty());
                await(() -> ended() == 1);
                assertArrayEquals(new long[] {1, 2, 3}, counts());
            }
            assertEquals(List.of(), store.status().dropped());
        }
        assertTrue(waited, "somebody waited for a lease");
    }
}
