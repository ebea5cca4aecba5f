package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.SegmentLayout;
import org.pgofs.counters.image.Image;

/** Counting, ending, resetting and restarting. */
class CounterStoreTest extends StoreFixture {
    @Test
    void shouldServeARunningTarget() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.set(1, 2, 3);
            assertArrayEquals(new long[] {1, 2, 3}, counts());
            target.set(1, 2, 4);
            assertArrayEquals(new long[] {1, 2, 4}, counts());
            CounterStoreStatus.ImageStatus status = store.status().images().get(0);
            assertEquals(List.of(4711), status.livePids());
            assertEquals(0, status.ended());
            assertTrue(status.image().name().matches("te_st-[0-9a-f]{8}"));
        }
    }

    @Test
    void shouldFindWhatWasPublishedBeforeItWasOpened() throws IOException {
        closeStore();
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.set(7, 0, 0);
            reopen();
            assertArrayEquals(new long[] {7, 0, 0}, counts());
        }
    }

    @Test
    void shouldSumAllTargetsOfOneImage() throws IOException {
        try (TestTarget one = TestTarget.start(path, 1);
                TestTarget two = TestTarget.start(path, 1)) {
            one.set(1, 2, 3);
            two.set(10, 20, 30);
            assertArrayEquals(new long[] {11, 22, 33}, counts());
        }
    }

    @Test
    void shouldKeepTheCountsOfAnEndedTargetAndDeleteItsFile() throws IOException {
        TestTarget target = TestTarget.start(path, 1);
        target.set(1, 2, 3);
        target.close();
        await(() -> ended() == 1);
        assertArrayEquals(new long[] {1, 2, 3}, counts());
        await(() -> !Files.exists(target.path()));
        assertArrayEquals(new long[] {1, 2, 3}, counts());
    }

    @Test
    void shouldNotFoldWhileAnybodyCanStillCount() throws IOException {
        TestTarget target = TestTarget.start(path, 1);
        target.set(1, 0, 0);
        assertArrayEquals(new long[] {1, 0, 0}, counts());
        Files.newByteChannel(target.path(), java.nio.file.StandardOpenOption.WRITE)
                .close();
        assertEquals(0, ended());
        target.set(2, 0, 0);
        target.close();
        await(() -> ended() == 1);
        assertArrayEquals(new long[] {2, 0, 0}, counts());
    }

    @Test
    void shouldResetLiveAndEndedWithoutWritingIntoTheTarget() throws IOException {
        try (TestTarget running = TestTarget.start(path, 1)) {
            TestTarget ended = TestTarget.start(path, 1);
            running.set(5, 6, 7);
            ended.set(100, 100, 100);
            ended.close();
            await(() -> ended() == 1);
            store.reset(images -> images);
            assertArrayEquals(new long[3], counts());
            assertEquals(5, running.get(0));
            running.set(6, 6, 9);
            assertArrayEquals(new long[] {1, 0, 2}, counts());
        }
        await(() -> ended() == 1);
        assertArrayEquals(new long[] {1, 0, 2}, counts());
    }

    @Test
    void shouldResetOneImageAlone() throws IOException {
        try (TestTarget one = TestTarget.start(path, 1);
                TestTarget two = TestTarget.start(path, 2)) {
            one.set(1, 1, 1);
            two.set(2, 2, 2);
            Image first = store.images().get(0);
            store.reset(images -> List.of(first));
            for (Snapshot snapshot : store.freeze(images -> images)) {
                assertEquals(snapshot.image().equals(first), counts(snapshot)[0] == 0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGiveTheSameCountsAfterARestart(boolean endsMeanwhile) throws IOException {
        TestTarget before = TestTarget.start(path, 1);
        before.set(1000, 1000, 1000);
        before.close();
        await(() -> ended() == 1);
        TestTarget across = TestTarget.start(path, 1);
        across.set(1, 2, 3);
        store.reset(images -> images);
        across.set(2, 4, 6);
        closeStore();
        across.set(3, 6, 9);
        if (endsMeanwhile) {
            across.close();
        }
        reopen();
        assertArrayEquals(new long[] {2, 4, 6}, counts());
        across.close();
        await(() -> ended() == 1);
        assertArrayEquals(new long[] {2, 4, 6}, counts());
    }

    @Test
    void shouldNotCountASegmentTwiceThatWasSavedButNotDeleted() throws IOException {
        TestTarget target = TestTarget.start(path, 1);
        target.set(1, 2, 3);
        // A hard link keeps the inode and its content, as if the daemon had died before it deleted the file.
        Path kept = path.resolve(".kept");
        assertArrayEquals(new long[] {1, 2, 3}, counts());
        Files.createLink(kept, target.path());
        target.close();
        await(() -> !Files.exists(target.path()));
        closeStore();
        Files.move(kept, target.path());
        reopen();
        assertArrayEquals(new long[] {1, 2, 3}, counts());
        assertFalse(Files.exists(target.path()));
    }

    @Test
    void shouldWaitForTheImageFile() throws IOException {
        try (TestTarget target = new TestTarget(path, 1)) {
            target.publishSegment(target.header());
            target.set(1, 2, 3);
            assertEquals(List.of(), store.images());
            target.publishImage(target.image());
            assertArrayEquals(new long[] {1, 2, 3}, counts());
        }
    }

    @Test
    void shouldFindTheImageFileUnderItsOtherNameWhenSomebodyTookTheUsualOne() throws IOException {
        try (TestTarget target = new TestTarget(path, 1)) {
            Files.createDirectory(target.imagePath());
            target.publishSegment(target.header());
            target.set(1, 2, 3);
            assertEquals(List.of(), store.images());
            target.withNonce(99).write(SegmentLayout.IMAGE_NONCE, (byte) 99);
            target.publishImage(target.image());
            assertArrayEquals(new long[] {1, 2, 3}, counts());
        }
    }

    @Test
    void shouldKeepServingASegmentThatWasDeleted() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.set(1, 2, 3);
            assertArrayEquals(new long[] {1, 2, 3}, counts());
            Files.delete(target.path());
            target.set(2, 2, 3);
            assertArrayEquals(new long[] {2, 2, 3}, counts());
        }
        await(() -> ended() == 1);
        assertArrayEquals(new long[] {2, 2, 3}, counts());
    }

    @Test
    void shouldNeverServeLessThanNothingOrMoreThanAProgramCanCount() throws IOException {
        try (TestTarget one = TestTarget.start(path, 1);
                TestTarget two = TestTarget.start(path, 1)) {
            one.set(-1, 10, 0);
            two.set(-1, 0, 0);
            assertArrayEquals(new long[] {0, 10, 0}, counts());
            one.set(1L << 55, 1L << 56, 0);
            two.set(1L << 55, 1, 0);
            assertArrayEquals(new long[] {1L << 56, 0, 0}, counts());
            assertEquals(
                    "has counters above 2^56 in function 0000000000001000, which are served as 0:"
                            + " llvm-profdata would reject all",
                    store.status().images().get(0).problems().get(0));
            one.set(-1, 10, 0);
            two.set(-1, 0, 0);
            store.reset(images -> images);
            one.set(0, 3, 5);
            assertArrayEquals(new long[] {0, 0, 5}, counts());
        }
    }

    /** Its owner set counters back after a reset, or threads did that count in them at once. */
    @Test
    void shouldTellHowManyCountersAreBelowNothing() throws IOException {
        TestTarget target = TestTarget.start(path, 1);
        target.set(5, 5, 5);
        store.reset(images -> images);
        assertBelowZero(0);
        target.set(4, 6, 0);
        assertArrayEquals(new long[] {0, 1, 0}, counts());
        assertBelowZero(2);
        target.close();
        await(() -> ended() == 1);
        assertBelowZero(2);
        store.reset(images -> images);
        try (TestTarget next = TestTarget.start(path, 1)) {
            next.set(0, 0, 1);
            assertBelowZero(0);
            assertArrayEquals(new long[] {0, 0, 1}, counts());
        }
    }

    private void assertBelowZero(int counters) throws IOException {
        CounterStoreStatus.ImageStatus status = store.status().images().get(0);
        assertEquals(counters, status.belowZero());
        assertEquals(
                counters > 0,
                status.problems()
                        .contains("has " + counters + " counters below 0, which are served as 0:"
                                + " the program set them back since the last reset or take"));
    }

    @Test
    void shouldKeepTwoImagesOfOneNameApart() throws IOException {
        try (TestTarget one = TestTarget.start(path, 1);
                TestTarget two = TestTarget.start(path, 2)) {
            one.set(1, 0, 0);
            two.set(2, 0, 0);
            assertEquals(2, store.images().stream().map(Image::name).distinct().count());
        }
    }

    /** As of a program that was built again. */
    @Test
    void shouldServeNoImageWithoutProcessesAfterAReset() throws IOException {
        TestTarget old = TestTarget.start(path, 1);
        old.set(1, 0, 0);
        List<Image> images = store.images();
        old.close();
        try (TestTarget running = TestTarget.start(path, 2)) {
            await(() -> store.status().images().stream().anyMatch(image -> image.ended() == 1));
            assertEquals(2, store.images().size());

            store.reset(all -> all);
            assertArrayEquals(new long[3], counts());
            assertEquals(1, store.status().images().size());
            closeStore();
            reopen();
            assertArrayEquals(new long[3], counts());
            running.set(0, 2, 0);
            assertArrayEquals(new long[] {0, 2, 0}, counts());
        }
        // A file of it may be open still.
        assertArrayEquals(new long[3], counts(store.freeze(all -> images).get(0)));
        try (TestTarget again = TestTarget.start(path, 1)) {
            again.set(0, 0, 3);
            assertEquals(2, store.images().size());
            assertArrayEquals(
                    new long[] {0, 0, 3}, counts(store.freeze(all -> images).get(0)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeAnImageWithoutProcessesThatWasTakenByItself(boolean byItself) throws IOException {
        TestTarget target = TestTarget.start(path, 1);
        target.set(1, 2, 3);
        target.close();
        await(() -> ended() == 1);
        String scope = byItself ? store.images().get(0).name() : "all";
        try (Take take = store.take(scope, images -> images)) {
            store.reset(images -> images);
            assertEquals(1, store.images().size(), "it is being taken");
            assertThrows(IOException.class, take::commit);
        }
        try (TestTarget next = TestTarget.start(path, 1)) {
            next.set(1, 2, 3);
            try (Take take = store.take(scope, images -> images)) {
                take.commit();
            }
        }
        await(() -> ended() == 1);
        store.reset(images -> images);
        for (int i = 0; i < 2; i++) {
            assertEquals(byItself ? 1 : 0, store.images().size());
            assertArrayEquals(new long[] {1, 2, 3}, counts(store.lastTake(scope).get(0)));
            closeStore();
            reopen();
        }
    }
}
