package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.kernel.TestKernel;
import org.pgofs.counters.state.OlderDaemon;
import org.pgofs.counters.state.StateFile.DamagedException;

/** The running kernel, with files that tell of it and are its memory. */
class RunningKernelTest extends StoreFixture {
    private TestKernel kernel;

    @BeforeEach
    void start() throws IOException {
        kernel = TestKernel.start(temporary.resolve("kernel"));
    }

    @AfterEach
    void end() throws IOException {
        kernel.close();
    }

    private void attach() throws IOException {
        store.kernel().attach(kernel.watch());
    }

    private void restart() throws IOException {
        closeStore();
        reopen();
    }

    /** What a daemon that is killed leaves: its state, and nothing is saved at its end. */
    private void kill() throws IOException {
        Path copy = Files.createDirectory(temporary.resolve("copy" + System.nanoTime()));
        assertTrue(run("cp", "-a", directory.state() + "/.", copy.toString()));
        closeStore();
        assertTrue(run("rm", "-r", directory.state().toString()));
        assertTrue(run("cp", "-a", copy.toString(), directory.state().toString()));
        reopen();
    }

    private Image image(String prefix) throws IOException {
        List<Image> found = store.images().stream()
                .filter(image -> image.name().startsWith(prefix))
                .toList();
        assertEquals(1, found.size(), store.images().toString());
        return found.get(0);
    }

    private Snapshot snapshot(String prefix) throws IOException {
        return store.freeze(Selection.only(image(prefix))).get(0);
    }

    /** What is served; all counters are expected to be the same. */
    private long served(String prefix) throws IOException {
        long[] numbers = new long[TestKernel.COUNTERS];
        snapshot(prefix).counters().asLongBuffer().get(numbers);
        long[] expected = new long[TestKernel.COUNTERS];
        Arrays.fill(expected, numbers[0]);
        assertArrayEquals(expected, numbers);
        return numbers[0];
    }

    private long vmlinux() throws IOException {
        return served("vmlinux-");
    }

    private long ext2() throws IOException {
        return served("ext2.ko-");
    }

    private void reset() throws IOException {
        store.reset(images -> images);
    }

    @Test
    void shouldServeTheKernelUnderItsBuildId() throws IOException {
        kernel.count(5);
        attach();

        assertEquals("vmlinux-12345678", store.images().get(0).name());
        assertEquals(5, vmlinux());
        assertEquals(TestKernel.FUNCTION, image("vmlinux-").address(0));
        kernel.count(7);
        assertEquals(7, vmlinux());
    }

    @Test
    void shouldResetAndTakeExactly() throws IOException {
        kernel.count(10);
        attach();
        kernel.count(12);
        reset();
        assertEquals(0, vmlinux());
        kernel.count(17);
        assertEquals(5, vmlinux());

        try (Take take = take()) {
            assertEquals(5, take.snapshots().get(0).counters().getLong(0));
            kernel.count(18);
            take.commit();
        }
        assertEquals(1, vmlinux());
    }

    @Test
    void shouldServeValuesAndResetThemByTheEpoch() throws IOException {
        attach();
        kernel.call(TestKernel.FUNCTION, 3);
        assertEquals(
                Map.of(TestKernel.FUNCTION, 3L), snapshot("vmlinux-").values().at(1));

        reset();
        assertEquals(1, kernel.epoch());
        assertEquals(Map.of(), snapshot("vmlinux-").values().at(1));
        kernel.call(TestKernel.FUNCTION + 0x10, 2);
        assertEquals(
                Map.of(TestKernel.FUNCTION + 0x10, 2L),
                snapshot("vmlinux-").values().at(1));
        try (Take take = take()) {
            assertEquals(2, kernel.epoch());
            take.commit();
        }
        assertEquals(Map.of(), snapshot("vmlinux-").values().at(1));
    }

    @Test
    void shouldReadNothingForTheStatus() throws IOException {
        kernel.count(5);
        attach();
        vmlinux();
        Instant read = store.status().kernel().loaded().get(0).read();
        kernel.count(8);

        assertEquals(
                5L * TestKernel.COUNTERS,
                store.status().images().get(0).totals().total());
        assertEquals(
                5L * TestKernel.COUNTERS,
                store.status(image("vmlinux-")).orElseThrow().totals().total());
        store.images();
        assertEquals(read, store.status().kernel().loaded().get(0).read());
        assertEquals(8, vmlinux());
        assertEquals(
                8L * TestKernel.COUNTERS,
                store.status().images().get(0).totals().total());
    }

    @Test
    void shouldLoseAndDoubleNothingOverARestartAndAKill() throws IOException {
        kernel.count(10);
        attach();
        reset();
        kernel.count(14);
        kill();
        kernel.count(15);
        attach();
        assertEquals(5, vmlinux());

        restart();
        attach();
        assertEquals(5, vmlinux());
        assertEquals(0, ended());
        kernel.count(16);
        assertEquals(6, vmlinux());
    }

    @Test
    void shouldTellValuesOfAResetThatADeadDaemonBegan() throws IOException {
        attach();
        kernel.call(TestKernel.FUNCTION, 3);
        reset();
        // It died before it could tell the kernel.
        Files.writeString(temporary.resolve("kernel/sys/module/pgofs/parameters/epoch"), "0\n");
        kill();
        attach();

        assertEquals(Map.of(), snapshot("vmlinux-").values().at(1));
        kernel.call(TestKernel.FUNCTION, 5);
        assertEquals(
                Map.of(TestKernel.FUNCTION, 2L), snapshot("vmlinux-").values().at(1));
    }

    @Test
    void shouldKeepWhatAnEarlierBootCounted() throws IOException {
        kernel.count(10);
        attach();
        reset();
        kernel.count(14);
        vmlinux();
        closeStore();
        kernel.boot();
        kernel.count(3);
        reopen();
        attach();

        assertEquals(4 + 3, vmlinux());
    }

    @Test
    void shouldCountFromNowOnWhatIsAttachedAgain() throws IOException {
        kernel.count(10);
        attach();
        kernel.call(TestKernel.FUNCTION, 3);
        store.kernel().detach();
        assertTrue(kernel.isClosed());
        kernel.count(13);
        assertEquals(10, vmlinux());

        attach();
        assertEquals(10, vmlinux());
        kernel.count(14);
        assertEquals(11, vmlinux());
        assertEquals(
                Map.of(TestKernel.FUNCTION, 3L), snapshot("vmlinux-").values().at(1));
        restart();
        attach();
        assertEquals(11, vmlinux());
    }

    @Test
    void shouldLeaveOutAKernelThatAnEarlierDaemonHad() throws IOException {
        kernel.count(10);
        attach();
        reset();
        kernel.count(14);
        vmlinux();
        restart();
        store.kernel().leaveOut();
        kernel.count(20);

        assertEquals(4, vmlinux());
        restart();
        store.kernel().leaveOut();
        assertEquals(4, vmlinux());
        attach();
        kernel.count(21);
        assertEquals(5, vmlinux());
    }

    @Test
    void shouldNotLetCountsComeBackThatWereResetUnseen() throws IOException {
        kernel.count(10);
        attach();
        restart();
        store.kernel().cannotAttach("it is locked down");
        assertEquals(10, vmlinux());
        assertEquals(0, store.status().images().get(0).belowZero());
        assertEquals("it is locked down", store.status().kernel().problem());
        kernel.count(15);
        reset();
        attach();

        assertEquals(0, vmlinux());
        kernel.count(17);
        assertEquals(2, vmlinux());
    }

    @Test
    void shouldServeModulesAsImagesOfTheirOwn() throws IOException {
        kernel.insmod("ext2");
        kernel.count("ext2", 3);
        attach();
        kernel.insmod("loop");
        kernel.count("loop", 4);

        assertEquals(
                List.of("ext2.ko", "loop.ko", "vmlinux"),
                store.images().stream()
                        .map(image -> image.name().substring(0, image.name().indexOf('-')))
                        .toList());
        assertEquals(3, ext2());
        assertEquals(4, served("loop.ko-"));
        reset();
        kernel.count("ext2", 5);
        assertEquals(2, ext2());
    }

    @Test
    void shouldReadAModuleWhileItEndsAndGoOnWhenItIsLoadedAgain() throws IOException {
        attach();
        kernel.insmod("ext2");
        kernel.count("ext2", 3);
        assertEquals(3, ext2());
        reset();
        kernel.count("ext2", 103);
        kernel.remove("ext2");
        assertEquals(100, ext2());
        kernel.free("ext2");
        assertEquals(100, ext2());

        kernel.insmod("ext2");
        kernel.count("ext2", 50);
        assertEquals(150, ext2());
        restart();
        attach();
        assertEquals(150, ext2());
    }

    @Test
    void shouldTakeTheLastSampleOfAModuleThatWentTooFast() throws IOException {
        attach();
        kernel.insmod("ext2");
        kernel.count("ext2", 3);
        assertEquals(3, ext2());
        kernel.count("ext2", 5);
        kernel.rmmod("ext2");

        assertEquals(3, ext2());
        assertTrue(store.status().kernel().notRead().get("ext2").contains("unloaded before it could be read"));
    }

    @Test
    void shouldSeeModulesWhoseEventsWereLost() throws IOException {
        attach();
        kernel.insmod("loop");
        assertEquals(0, served("loop.ko-"));
        kernel.count("loop", 2);
        kernel.loseEvents(() -> {
            kernel.insmod("ext2");
            kernel.remove("loop");
        });
        kernel.count("ext2", 3);

        assertEquals(3, ext2());
        assertEquals(2, served("loop.ko-"));
        assertEquals(2, store.status().kernel().loaded().size());
    }

    @Test
    void shouldKeepTheSavedSampleOfAModuleThatEndedUnseen() throws IOException {
        attach();
        kernel.insmod("ext2");
        kernel.count("ext2", 3);
        reset();
        kernel.count("ext2", 8);
        closeStore();
        kernel.count("ext2", 9);
        kernel.rmmod("ext2");
        kernel.insmod("ext2");
        kernel.count("ext2", 1);
        reopen();
        attach();

        assertEquals(5 + 1, ext2());
    }

    @Test
    void shouldNameModulesThatCannotBeRead() throws IOException {
        kernel.insmod("ext2");
        kernel.hide("ext2");
        kernel.insmod("loop");
        kernel.removeNote("loop");
        attach();

        Map<String, String> notRead = store.status().kernel().notRead();
        assertTrue(notRead.get("ext2").contains("kernel.kptr_restrict"), notRead.toString());
        assertTrue(notRead.get("loop").contains("no note of pgofs"), notRead.toString());
        assertEquals(1, store.images().size());
    }

    private interface Older {
        void run(OlderDaemon daemon) throws IOException, DamagedException;
    }

    /** An older daemon takes the state up, and a new one again. */
    private void restartOver(Older older) throws IOException {
        closeStore();
        try {
            older.run(new OlderDaemon(directory.state()));
        } catch (DamagedException e) {
            throw new IOException(e);
        }
        reopen();
    }

    @Test
    void shouldLoseAndDoubleNothingOverAnOlderDaemon() throws IOException {
        kernel.insmod("ext2");
        kernel.count(10);
        attach();
        reset();
        kernel.count(14);
        kernel.count("ext2", 3);
        assertEquals(4, vmlinux());
        restartOver(OlderDaemon::run);
        kernel.count(15);
        attach();

        assertEquals(5, vmlinux());
        assertEquals(3, ext2());
        assertEquals(0, ended());
    }

    @Test
    void shouldKnowOverAnOlderDaemonWhatWasDetached() throws IOException {
        kernel.count(10);
        attach();
        store.kernel().detach();
        restartOver(OlderDaemon::run);
        kernel.count(15);
        attach();

        assertEquals(10, vmlinux());
        kernel.count(16);
        assertEquals(11, vmlinux());
    }

    @Test
    void shouldLetNothingComeBackThatAnOlderDaemonHasReset() throws IOException {
        kernel.count(5);
        attach();
        reset();
        kernel.count(15);
        kernel.call(TestKernel.FUNCTION, 3);
        assertEquals(10, vmlinux());
        restartOver(OlderDaemon::reset);
        kernel.count(20);
        attach();

        assertEquals(0, vmlinux());
        assertEquals(Map.of(), snapshot("vmlinux-").values().at(1));
        kernel.count(21);
        assertEquals(1, vmlinux());
        restart();
        attach();
        assertEquals(1, vmlinux());
    }

    @Test
    void shouldShowNothingBelowZeroOfAModuleThatEndedUnderAnOlderDaemon() throws IOException {
        attach();
        kernel.insmod("ext2");
        kernel.count("ext2", 3);
        reset();
        kernel.count("ext2", 8);
        assertEquals(5, ext2());
        restartOver(OlderDaemon::run);
        kernel.rmmod("ext2");
        attach();
        kernel.insmod("ext2");
        kernel.count("ext2", 2);

        assertEquals(2, ext2());
        assertEquals(0, store.status(image("ext2.ko-")).orElseThrow().belowZero());
    }

    @Test
    void shouldKeepTheEarlierCountsOfAModuleThatEndedUnderAnOlderDaemon() throws IOException {
        attach();
        kernel.insmod("ext2");
        kernel.count("ext2", 3);
        assertEquals(3, ext2());
        kernel.remove("ext2");
        kernel.free("ext2");
        kernel.insmod("ext2");
        kernel.count("ext2", 2);
        assertEquals(5, ext2());
        restartOver(OlderDaemon::run);
        kernel.rmmod("ext2");
        attach();

        assertEquals(3, ext2());
    }

    @Test
    void shouldBeAttachedOnce() throws IOException {
        attach();
        assertThrows(IOException.class, this::attach);
        assertEquals(0, vmlinux());
    }
}
