package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.limits.Bounds;
import org.pgofs.counters.limits.Bounds.Limits;
import org.pgofs.counters.limits.DroppedFiles;
import org.pgofs.counters.limits.OverBound;
import org.pgofs.counters.limits.ReadingTime;
import org.pgofs.counters.limits.UserStatus;
import org.pgofs.counters.segment.ImageCatalog;
import org.pgofs.counters.segment.SegmentDirectory;

/** What is over a bound waits, loses nothing, and is taken up when there is room. */
class BoundsTest extends StoreFixture {
    private static final int NOBODY = 65534;
    private static final Limits LARGE = new Limits(1000, 1 << 30, 1000, 1 << 30);

    private final List<TestTarget> targets = new ArrayList<>();

    @AfterEach
    void endAll() throws IOException {
        for (TestTarget target : List.copyOf(targets)) {
            end(target);
        }
    }

    private void reopenWith(Limits total, Limits user, Integer... users) throws IOException {
        closeStore();
        bounds = new Bounds(total, user, Set.of(users));
        reopen();
    }

    private TestTarget start(long key, long count) throws IOException {
        TestTarget target = TestTarget.start(path, key);
        target.set(count, 0, 0);
        targets.add(target);
        return target;
    }

    private void end(TestTarget target) throws IOException {
        target.close();
        targets.remove(target);
    }

    private long waiting() throws IOException {
        return store.status().overBounds().stream()
                .mapToLong(OverBound::segments)
                .sum();
    }

    @ParameterizedTest
    @CsvSource({
        "2, 100, 1000000, 1000000",
        "100, 2, 1000000, 1000000",
        "100, 100, 32768, 1000000",
        "100, 100, 1000000, 32768"
    })
    void shouldLetSegmentsWaitUntilThereIsRoom(long all, long own, long allBytes, long ownBytes) throws IOException {
        reopenWith(new Limits(all, allBytes, 9, 1 << 30), new Limits(own, ownBytes, 9, 1 << 30));
        TestTarget first = start(1, 1);
        start(1, 10);
        TestTarget third = start(1, 100);
        assertArrayEquals(new long[] {11, 0, 0}, counts());
        assertEquals(1, waiting());
        assertTrue(store.status().overBounds().get(0).reason().contains("live segments"));
        assertEquals(List.of(), store.status().dropped());

        third.set(200, 0, 0);
        end(first);
        await(() -> waiting() == 0);
        await(() -> counts()[0] == 211);
        start(1, 1000);
        end(third);
        await(() -> counts()[0] == 1211);
        endAll();
        await(() -> ended() == 4);
        assertArrayEquals(new long[] {1211, 0, 0}, counts());
        assertEquals(
                List.of(),
                store.status().users().stream()
                        .filter(user -> user.segments() > 0)
                        .toList());
    }

    /** A process that has ended needs no room: a burst of them passes any bound. */
    @Test
    void shouldCountABurstOfShortProcesses() throws IOException {
        reopenWith(new Limits(1, 1 << 30, 9, 1 << 30), LARGE);
        TestTarget lasting = start(1, 1);
        assertArrayEquals(new long[] {1, 0, 0}, counts());
        for (int i = 0; i < 100; i++) {
            end(start(1, 1));
        }
        await(() -> ended() == 100);
        assertArrayEquals(new long[] {101, 0, 0}, counts());
        end(lasting);
    }

    @Test
    void shouldTakeUpAgainWhatWasThereBeforeARestart() throws IOException {
        reopenWith(LARGE, new Limits(2, 1 << 30, 9, 1 << 30));
        for (int i = 0; i < 4; i++) {
            start(1, 1L << (8 * i));
        }
        assertArrayEquals(new long[] {0x101, 0, 0}, counts());
        store.reset(images -> images);
        assertArrayEquals(new long[] {0, 0, 0}, counts());
        closeStore();
        reopen();
        assertArrayEquals(new long[] {0, 0, 0}, counts());
        assertEquals(2, waiting());
    }

    @ParameterizedTest
    @CsvSource({"2, 100000", "1000, 1900"})
    void shouldForgetEmptyImagesForNewOnes(long images, long memory) throws IOException {
        // Each takes about 2 * 280 + 6 * 48 + 2 + 16 bytes.
        reopenWith(LARGE, new Limits(1000, 1 << 30, images, memory));
        TestTarget first = start(1, 1);
        TestTarget second = start(2, 1);
        TestTarget third = start(3, 1);
        assertEquals(2, store.images().size());
        assertEquals(1, waiting());
        end(first);
        await(() -> store.status().images().stream().anyMatch(image -> image.ended() == 1));
        assertEquals(2, store.images().size(), "one with counts is not forgotten");
        store.reset(all -> all);
        third.set(7, 0, 0);
        end(second);
        end(third);
        await(() -> waiting() == 0);
        assertEquals(2, store.images().size());
        store.reset(all -> all);
    }

    /** A file of the image may be open all the time. */
    @Test
    void shouldSayThatAnImageIsForgotten() throws IOException {
        reopenWith(LARGE, new Limits(1000, 1 << 30, 1, 1 << 30));
        TestTarget first = start(1, 1);
        Image forgotten = store.images().get(0);
        end(first);
        await(() -> ended() == 1);
        store.reset(images -> images);
        start(2, 5);
        await(() -> store.images().size() == 1);

        assertEquals(List.of(), store.freeze(Selection.remaining(List.of(forgotten))));
        store.reset(images -> List.of(forgotten));
        String reason = forgotten.name() + " was forgotten: it had no counts, and its room was needed";
        IOException noTake = assertThrows(IOException.class, () -> store.take("all", images -> List.of(forgotten)));
        assertEquals(reason, noTake.getMessage());
        IOException noFreeze = assertThrows(IOException.class, () -> store.freeze(images -> List.of(forgotten)));
        assertEquals(reason, noFreeze.getCause().getMessage());
        assertEquals(5, store.freeze(images -> images).get(0).counters().getLong(0));
    }

    /** What waits is asked for again whenever there is room for something: what takes time must come after the bound. */
    @Test
    void shouldNotReadTheRecordsOfAnImageThatHasNoRoom() throws IOException {
        reopenWith(LARGE, new Limits(1000, 1 << 30, 9, 700));
        TestTarget target = new TestTarget(path, 1);
        targets.add(target);
        target.publishSegment(target.header());
        target.publishImage(target.image().put(196, (byte) 100)); // a record that is wrong
        assertEquals(List.of(), store.images());
        assertEquals(1, waiting());
        assertEquals(List.of(), store.status().dropped());
    }

    /** By clocks on which to read an image file takes three seconds. */
    @Test
    void shouldLetImagesWaitWhoseUserHasTakenTooMuchTime() throws IOException {
        closeStore();
        for (long key = 1; key <= 3; key++) {
            TestTarget target = start(key, key);
            Files.setAttribute(target.path(), "unix:uid", NOBODY);
            Files.setAttribute(target.imagePath(), "unix:uid", NOBODY);
        }
        AtomicLong seconds = new AtomicLong();
        directory = SegmentDirectory.acquire(path);
        store = CounterStore.open(
                directory,
                bounds,
                new ReadingTime(
                        () -> TimeUnit.SECONDS.toNanos(seconds.get()),
                        () -> TimeUnit.SECONDS.toNanos(seconds.addAndGet(3))));
        assertEquals(2, store.images().size());
        assertEquals(
                List.of(new OverBound(NOBODY, "reading the image files of a user may take a tenth of the time", 1)),
                store.status().overBounds());
        targets.get(2).set(7, 0, 0);

        seconds.addAndGet(60);
        start(4, 100); // of root, who need not wait: somebody looks
        await(() -> waiting() == 0);
        assertEquals(
                1 + 2 + 7 + 100,
                store.freeze(images -> images).stream()
                        .mapToLong(snapshot -> counts(snapshot)[0])
                        .sum());
    }

    @Test
    void shouldCountOnlyTheUsersThatAreAskedFor() throws IOException {
        reopenWith(LARGE, LARGE, NOBODY);
        start(1, 1);
        assertEquals(List.of(), store.images());
        assertEquals(
                List.of(new OverBound(0, "is excluded by -o users=", 1)),
                store.status().overBounds());
        reopenWith(LARGE, LARGE, 0);
        assertArrayEquals(new long[] {1, 0, 0}, counts());
        assertEquals(List.of(), store.status().overBounds());
    }

    @Test
    void shouldTellWhatEachUserTakesUp() throws IOException {
        start(1, 1);
        start(1, 1);
        UserStatus user = store.status().users().get(0);
        assertEquals(0, user.user());
        assertEquals(2, user.segments());
        assertEquals(2L * TestTarget.FILE_SIZE, user.segmentBytes());
        assertEquals(1, user.images());
    }

    /** Of a name that was taken by somebody else: no other process will ask for it. */
    @Test
    void shouldDeleteAnImageFileThatOneProcessMadeForItself() throws IOException {
        long nonce = 1L << 40;
        TestTarget own = new TestTarget(path, 1).withNonce(nonce);
        own.publishSegment(own.header());
        own.publishImage(own.image());
        own.set(5, 0, 0);
        assertArrayEquals(new long[] {5, 0, 0}, counts());
        assertTrue(Files.exists(own.imagePath()));
        own.close();
        await(() -> !Files.exists(own.imagePath()) && !Files.exists(own.path()));
        assertArrayEquals(new long[] {5, 0, 0}, counts());
        closeStore();
        reopen();
        assertArrayEquals(new long[] {5, 0, 0}, counts());
    }

    @Test
    void shouldKeepSomeImageFilesForTheNextProcesses() throws IOException {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < ImageCatalog.IDLE_FILES + 2; i++) {
            TestTarget target = start(i + 1, 1);
            files.add(target.imagePath());
            end(target);
        }
        await(() -> files.stream().filter(Files::exists).count() == ImageCatalog.IDLE_FILES);
        assertTrue(Files.exists(files.get(files.size() - 1)));
        assertEquals(files.size(), store.images().size());

        // The file went, and another process publishes it anew.
        start(1, 1000);
        await(() -> store.freeze(images -> images).stream().anyMatch(image -> counts(image)[0] == 1001));
    }

    /** One that found the file just before it was deleted. */
    @Test
    void shouldKnowAnImageWhoseFileIsGone() throws IOException {
        start(1, 1);
        assertArrayEquals(new long[] {1, 0, 0}, counts());
        Files.delete(targets.get(0).imagePath());
        TestTarget reusing = new TestTarget(path, 1);
        reusing.publishSegment(reusing.header());
        reusing.set(10, 0, 0);
        targets.add(reusing);
        assertArrayEquals(new long[] {11, 0, 0}, counts());
    }

    @Test
    void shouldTellHowManyMoreAreDropped() throws IOException {
        int files = DroppedFiles.KEPT_OF_USER + 50;
        for (int i = 0; i < files; i++) {
            Files.move(Files.createFile(path.resolve(".x")), path.resolve("s-" + i));
        }
        assertEquals(List.of(), store.images());
        assertEquals(DroppedFiles.KEPT_OF_USER, store.status().dropped().size());
        assertEquals(50, store.status().moreDropped());
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.set(1, 2, 3);
            assertArrayEquals(new long[] {1, 2, 3}, counts());
        }
    }
}
