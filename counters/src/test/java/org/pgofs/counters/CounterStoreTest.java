package org.pgofs.counters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The store over a real tmpfs and real files; needs root. */
class CounterStoreTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path temporary;

    private Path path;
    private SegmentDirectory directory;
    private CounterStore store;

    @BeforeEach
    void open() throws IOException {
        path = temporary.resolve("segments");
        reopen();
    }

    private void reopen() throws IOException {
        directory = SegmentDirectory.take(path);
        store = CounterStore.open(directory);
    }

    @AfterEach
    void unmount() throws IOException {
        closeStore();
        // The kernel may let go of the last files a moment after they were closed.
        await(() -> run("umount", path.toString()));
    }

    private static boolean run(String... command) throws IOException {
        return new ProcessBuilder(command).start().onExit().join().exitValue() == 0;
    }

    private void closeStore() throws IOException {
        store.close();
        directory.close();
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition) throws IOException {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.holds()) {
            assertTrue(Instant.now().isBefore(end), "waited too long");
            Thread.onSpinWait();
        }
    }

    private long[] counts() throws IOException {
        List<Snapshot> snapshots = store.freeze(images -> images);
        assertEquals(1, snapshots.size());
        return counts(snapshots.get(0));
    }

    private static long[] counts(Snapshot snapshot) {
        assertEquals(TestTarget.COUNTERS * Long.BYTES, snapshot.image().countersSize());
        long[] counts = new long[TestTarget.COUNTERS];
        snapshot.counters().asLongBuffer().get(counts);
        return counts;
    }

    private long ended() throws IOException {
        return store.status().images().get(0).ended();
    }

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
            assertTrue(status.snapshot().image().name().matches("te_st-[0-9a-f]{8}"));
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
    void shouldNeverServeLessThanNothingOrWrapAround() throws IOException {
        try (TestTarget one = TestTarget.start(path, 1);
                TestTarget two = TestTarget.start(path, 1)) {
            one.set(-1, 10, 0);
            two.set(-1, 0, 0);
            assertArrayEquals(new long[] {Long.MAX_VALUE, 10, 0}, counts());
            store.reset(images -> images);
            one.set(0, 3, 5);
            assertArrayEquals(new long[] {0, 0, 5}, counts());
        }
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

    private Take take() throws IOException {
        return store.take("all", images -> images);
    }

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

    @ParameterizedTest
    @ValueSource(strings = {"rm -rf .state; touch .state", "chown nobody .state", "rmdir .state; ln -s /etc .state"})
    void shouldSetAsideAStateThatSomebodyElseMade(String command) throws IOException {
        assertSetAside("rm -rf .state; mkdir .state; " + command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chown nobody .refused", "ln -sf /etc/passwd .refused", "rm .refused; mkfifo .refused"})
    void shouldSetAsideALogThatSomebodyElseMade(String command) throws IOException {
        assertSetAside(command);
    }

    private void assertSetAside(String command) throws IOException {
        closeStore();
        assertTrue(run("sh", "-c", "cd " + path + " && " + command));
        reopen();
        assertEquals(1, store.status().dropped().size());
        assertTrue(store.status().dropped().get(0).file().startsWith("aside-"));
        assertEquals(Map.of(), store.status().refused());
    }

    private Map<Long, Long> values(int site) throws IOException {
        return store.freeze(images -> images).get(0).values().at(site);
    }

    @Test
    void shouldMakeValuesCanonicalAndMergeThem() throws IOException {
        try (TestTarget one = TestTarget.start(path, 1);
                TestTarget two = TestTarget.start(path, 1)) {
            long bias = TestTarget.LOAD_BIAS;
            one.observe(0, bias + TestTarget.SECOND, 3, 0x7f00_1234_5678L, 2, bias + TestTarget.SECOND + 1, 5);
            two.observe(0, bias + TestTarget.SECOND, 10, bias + TestTarget.FIRST, 1);
            two.observe(1, 5, 1, 9, 2, 12, 3, 512, 4, 513, 5, -1, 6);
            assertEquals(Map.of(TestTarget.SECOND, 13L, CanonicalValues.EXTERNAL, 7L, TestTarget.FIRST, 1L), values(0));
            assertEquals(Map.of(5L, 1L, 9L, 5L, 512L, 4L, 513L, 11L), values(1));
        }
    }

    @Test
    void shouldResetValuesOfTheLivingAndTheDead() throws IOException {
        try (TestTarget running = TestTarget.start(path, 1)) {
            TestTarget ended = TestTarget.start(path, 1);
            ended.observe(1, 1, 100);
            ended.close();
            await(() -> ended() == 1);
            running.observe(1, 1, 5);
            assertEquals(Map.of(1L, 105L), values(1));
            store.reset(images -> images);
            assertEquals(Map.of(), values(1));
            running.observe(1, 2, 7);
            assertEquals(Map.of(2L, 7L), values(1));
        }
        await(() -> ended() == 1);
        assertEquals(Map.of(2L, 7L), values(1));
    }

    @Test
    void shouldKnowAfterARestartWhichValuesWereReset() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.observe(0, TestTarget.LOAD_BIAS + TestTarget.FIRST, 1);
            target.observe(1, 1, 100);
            store.reset(images -> images);
            target.observe(1, 2, 7);
            // As if the daemon had died before it told the target.
            target.write(TestTarget.PAGE, new byte[Long.BYTES]);
            closeStore();
            reopen();
            assertEquals(Map.of(), values(0));
            assertEquals(Map.of(2L, 7L), values(1));
            target.observe(0, TestTarget.LOAD_BIAS + TestTarget.FIRST, 3);
            assertEquals(Map.of(TestTarget.FIRST, 3L), values(0));
        }
        await(() -> ended() == 1);
        assertEquals(Map.of(2L, 7L), values(1));
        closeStore();
        reopen();
        assertEquals(Map.of(2L, 7L), values(1));
    }

    @Test
    void shouldTakeValuesAndKeepThoseThatComeMeanwhile() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.observe(1, 1, 100, 2, 1);
            try (Take take = take()) {
                assertEquals(
                        Map.of(1L, 100L, 2L, 1L),
                        take.snapshots().get(0).values().at(1));
                assertEquals(Map.of(1L, 100L, 2L, 1L), values(1));
                target.observe(1, 1, 3);
                assertEquals(Map.of(1L, 103L, 2L, 1L), values(1));
                take.commit();
            }
            assertEquals(Map.of(1L, 3L), values(1));
            assertEquals(
                    Map.of(1L, 100L, 2L, 1L),
                    store.lastTake("all").get(0).values().at(1));
            take().close();
            target.observe(1, 1, 4);
            assertEquals(Map.of(1L, 7L), values(1));
        }
    }

    private void assertDropped(Path file, String reason) throws IOException {
        assertEquals(List.of(), store.images());
        List<CounterStoreStatus.DroppedFile> dropped = store.status().dropped();
        assertEquals(1, dropped.size());
        assertEquals(file.getFileName().toString(), dropped.get(0).file());
        assertTrue(dropped.get(0).reason().contains(reason), dropped.get(0).reason());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, wrong magic",
        "8, 9, has format version 9",
        "12, 3, page size of",
        "16, 1, not the",
        "56, 1, counters out of place",
        "59, 127, counters out of place",
        "71, -128, counters out of place",
        "69, 1, counters out of place",
        "157, 127, has a path of",
    })
    void shouldDropASegmentWithABadHeader(int at, byte value, String reason) throws IOException {
        assertHeaderDropped(header -> header.put(at, value), reason);
    }

    private void assertHeaderDropped(Consumer<ByteBuffer> damage, String reason) throws IOException {
        try (TestTarget target = new TestTarget(path, 1)) {
            ByteBuffer header = target.header();
            damage.accept(header);
            target.publishSegment(header);
            target.publishImage(target.image());
            assertDropped(target.path(), reason);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, wrong magic",
        "48, 1, bytes of counters",
        "88, 1, records out of place",
        "96, 1, records out of place",
        "103, 127, records out of place",
        "168, 33, outside the counters section",
        "196, 100, outside the counters section",
        "196, 0, outside the counters section",
    })
    void shouldDropASegmentWithABadImage(int at, byte value, String reason) throws IOException {
        try (TestTarget target = new TestTarget(path, 1)) {
            target.publishSegment(target.header());
            ByteBuffer image = target.image();
            target.publishImage(image.put(at, value));
            assertDropped(target.path(), reason);
        }
    }

    @Test
    void shouldDropASegmentThatDoesNotFitItsImage() throws IOException {
        try (TestTarget target = new TestTarget(path, 1)) {
            target.publishSegment(
                    target.header().putLong(SegmentLayout.COUNTERS + Long.BYTES, TestTarget.SECTION_SIZE + 8L));
            target.publishImage(target.image());
            assertDropped(target.path(), "its image");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mkfifo", "mkdir", "ln -s /etc/passwd", "touch", "ln -s s-2"})
    void shouldDropWhatIsNotAFile(String command) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-c", command + " .x && mv .x s-1")
                .directory(path.toFile())
                .inheritIO()
                .start();
        assertEquals(0, shell.waitFor());
        assertDropped(path.resolve("s-1"), "");
    }

    @Test
    void shouldCountWhatCouldNotPublish() throws IOException {
        Files.write(path.resolve(RefusedLog.NAME), new byte[] {1, 4, 1});
        assertEquals(
                Map.of(Refusal.NO_SPACE, 2L, Refusal.NOT_ALIGNED, 1L),
                store.status().refused());
    }

    @Test
    void shouldDeleteWhatAKilledTargetLeftUnfinished() throws IOException {
        Path unfinished = path.resolve("t-1");
        Files.writeString(unfinished, "x", UTF_8);
        await(() -> store.images().isEmpty() && !Files.exists(unfinished));
    }
}
