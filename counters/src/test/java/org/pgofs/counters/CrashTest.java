package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever the store does, it is stopped before its first step, its second and so on, or that step fails; and after a
 * restart the counts are what they would have been. Counters and values tell the same numbers.
 */
class CrashTest {
    private static final long VALUE = 7;

    @TempDir
    Path temporary;

    private int mounts;
    private Path path;
    private SegmentDirectory directory;
    private CounterStore store;
    private final Map<Long, List<Program>> programs = new LinkedHashMap<>();
    /** By image, what was reset or taken of its counts. */
    private final Map<Long, Long> gone = new LinkedHashMap<>();

    /** A target of which one counter and one value count the same. */
    private static final class Program {
        private final TestTarget target;
        private long counted;
        private long held;
        private long epoch;

        Program(TestTarget target) {
            this.target = target;
        }

        void count(long more) throws IOException {
            if (target.epoch() != epoch) {
                epoch = target.epoch();
                held = 0;
            }
            counted += more;
            held += more;
            target.set(counted, 0, 0);
            target.observe(1, VALUE, held);
        }
    }

    /** What a store does. */
    @SuppressWarnings("ImmutableEnumChecker")
    enum Protocol {
        FOLD(false, test -> {
            test.programs.get(1L).get(0).target.close();
            test.programs.get(2L).get(0).target.close();
            test.awaitDeletedOr(
                    test.programs.get(1L).get(0), test.programs.get(2L).get(0));
        }),
        NEW_IMAGE(false, test -> {
            test.start(3, 1000);
            test.store.images();
            await(() -> test.faults.isHit() || (test.isSaved("image-", 3) && test.isSaved("carry-", 3)));
        }),
        RESET(true, test -> test.store.reset(images -> images)),
        RESET_WHEN_ONE_HAS_ENDED(true, test -> {
            test.programs.get(1L).get(0).target.close();
            test.store.reset(images -> images);
        }),
        TAKE_FREEZE(false, test -> test.store.take("all", images -> images).close()),
        TAKE_COMMIT(true, test -> {
            try (Take take = test.store.take("all", images -> images)) {
                take.commit();
            }
        }),
        CLOSE(false, test -> {
            test.programs.get(1L).get(0).target.close();
            test.store.images();
            test.store.close();
        }),
        START(false, test -> {
            test.close();
            test.programs.get(1L).get(0).target.close();
            test.start(3, 1000);
            test.open(test.faults);
        }),
        START_WITH_A_DAMAGED_MANIFEST(false, test -> {
            test.close();
            Path manifest = test.path.resolve(".state/manifest");
            if (Files.exists(manifest)) {
                Files.write(manifest, new byte[] {1}, StandardOpenOption.APPEND);
            }
            test.open(test.faults);
        });

        private final boolean takesAway;
        private final Action action;

        Protocol(boolean takesAway, Action action) {
            this.takesAway = takesAway;
            this.action = action;
        }
    }

    private interface Action {
        void run(CrashTest test) throws IOException;
    }

    private FaultyChanges faults;

    private static void await(StoreFixture.Condition condition) throws IOException {
        StoreFixture.await(condition);
    }

    private Program start(long image, long counts) throws IOException {
        Program program = new Program(TestTarget.start(path, image));
        programs.computeIfAbsent(image, key -> new ArrayList<>()).add(program);
        program.count(counts);
        return program;
    }

    private void awaitDeletedOr(Program... ended) throws IOException {
        for (Program program : ended) {
            await(() -> faults.isHit() || !Files.exists(program.target.path()));
        }
    }

    private boolean isSaved(String prefix, int files) throws IOException {
        try (var names = Files.list(path.resolve(".state"))) {
            return names.filter(file -> file.getFileName().toString().startsWith(prefix))
                            .count()
                    == files;
        }
    }

    private void open(FileChanges changes) throws IOException {
        directory = SegmentDirectory.take(path, changes);
        store = CounterStore.open(directory, Bounds.of(1L << 30));
    }

    private void close() throws IOException {
        try {
            if (store != null) {
                store.close();
            }
        } catch (FaultyChanges.Died | IOException e) {
            assertTrue(faults.isHit(), e::toString);
        } finally {
            store = null;
            if (directory != null) {
                directory.close();
            }
            directory = null;
        }
    }

    /** Two images, each with two processes that run; there was one more, and a reset. */
    private void prepare(boolean deadly) throws IOException {
        path = temporary.resolve("segments" + mounts++);
        programs.clear();
        gone.clear();
        faults = new FaultyChanges(deadly);
        faults.disarm();
        open(faults);
        for (long image = 1; image <= 2; image++) {
            start(image, image);
            start(image, 10 * image);
            start(image, 100 * image).target.close();
        }
        store.reset(images -> images);
        programs.keySet().forEach(image -> gone.put(image, counted(image)));
        count();
    }

    private void count() throws IOException {
        long more = 10_000;
        for (List<Program> image : programs.values()) {
            for (Program program : image) {
                if (program.target.isOpen()) {
                    program.count(more++);
                }
            }
        }
    }

    private long counted(long image) {
        return programs.get(image).stream()
                .mapToLong(program -> program.counted)
                .sum();
    }

    /**
     * Checks that counters and values are what they should be, or what they would be after a reset.
     *
     * @param reset what they were when the reset may have been done, or null
     * @return whether it was done
     */
    private boolean check(Map<Long, Long> reset) throws IOException {
        Map<Long, Long> expected = new LinkedHashMap<>();
        Map<Long, Long> afterReset = new LinkedHashMap<>();
        for (long image : programs.keySet()) {
            expected.put(image, counted(image) - gone.getOrDefault(image, 0L));
            afterReset.put(image, counted(image) - (reset == null ? 0 : reset.getOrDefault(image, 0L)));
        }
        Map<Long, Long> counters = new LinkedHashMap<>();
        Map<Long, Long> values = new LinkedHashMap<>();
        for (Snapshot snapshot : store.freeze(images -> images)) {
            long image = ((StoredImage) snapshot.image()).file().getLong(ImageLayout.KEY);
            counters.put(Long.reverseBytes(image), snapshot.counters().getLong(0));
            values.put(Long.reverseBytes(image), snapshot.values().at(1).getOrDefault(VALUE, 0L));
        }
        assertEquals(counters, values);
        boolean isReset = reset != null && counters.equals(afterReset);
        if (!isReset) {
            assertEquals(expected, counters);
        }
        return isReset;
    }

    private Map<Long, Long> countedByImage() {
        Map<Long, Long> counted = new LinkedHashMap<>();
        programs.keySet().forEach(image -> counted.put(image, counted(image)));
        return counted;
    }

    @ParameterizedTest
    @EnumSource
    void shouldCountExactlyAfterDyingBeforeAnyStep(Protocol protocol) throws IOException {
        dieBeforeEachStep(protocol, false);
    }

    /** Without it carry files of two generations are there, of which one may be incomplete. */
    @ParameterizedTest
    @EnumSource(names = {"FOLD", "RESET_WHEN_ONE_HAS_ENDED", "TAKE_COMMIT"})
    void shouldCountExactlyAfterDyingBeforeAnyStepThoughTheManifestIsDamaged(Protocol protocol) throws IOException {
        dieBeforeEachStep(protocol, true);
    }

    private void dieBeforeEachStep(Protocol protocol, boolean damage) throws IOException {
        boolean hit = true;
        for (int step = 0; hit; step++) {
            prepare(true);
            Map<Long, Long> before = countedByImage();
            faults.arm(step);
            boolean acknowledged = false;
            try {
                protocol.action.run(this);
                acknowledged = true;
            } catch (FaultyChanges.Died e) {
                assertTrue(faults.isHit());
            }
            hit = faults.isHit();
            faults.disarm();
            close();
            if (damage) {
                Files.write(path.resolve(".state/manifest"), new byte[] {1}, StandardOpenOption.APPEND);
            }
            finish(protocol, before, acknowledged, step);
            assertTrue(hit || step > 3, "too few steps");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldChangeNothingWhenAStepFails(Protocol protocol) throws IOException {
        boolean hit = true;
        for (int step = 0; hit; step++) {
            prepare(false);
            Map<Long, Long> before = countedByImage();
            faults.arm(step);
            boolean acknowledged = false;
            try {
                protocol.action.run(this);
                acknowledged = true;
            } catch (IOException e) {
                assertTrue(faults.isHit(), e::toString);
            }
            hit = faults.isHit();
            faults.disarm();
            if (protocol.takesAway) {
                assertEquals(acknowledged, check(before), () -> protocol + " reported what it had not done");
                if (acknowledged) {
                    gone.putAll(before);
                }
                count();
                check(null);
                before = countedByImage();
                protocol.action.run(this);
                gone.putAll(before);
                acknowledged = false;
            }
            close();
            finish(protocol, null, acknowledged, step);
        }
    }

    /** Restarts, and lets everything go on and end. */
    private void finish(Protocol protocol, Map<Long, Long> before, boolean acknowledged, int step) throws IOException {
        String what = protocol + ", step " + step;
        count();
        open(FileChanges.REAL);
        boolean wasReset = check(protocol.takesAway ? before : null);
        assertTrue(wasReset || !acknowledged || !protocol.takesAway, () -> what + " was acknowledged and is gone");
        if (wasReset) {
            gone.putAll(before);
        }
        start(1, 1);
        count();
        check(null);
        for (List<Program> image : programs.values()) {
            for (Program program : image) {
                program.target.close();
            }
        }
        check(null);
        close();
        for (List<Program> image : programs.values()) {
            assertTrue(image.stream().noneMatch(program -> Files.exists(program.target.path())), what);
        }
        open(FileChanges.REAL);
        check(null);
        assertEquals(List.of(), store.status().dropped(), what);
        unmount();
    }

    @AfterEach
    void unmount() throws IOException {
        for (List<Program> image : programs.values()) {
            for (Program program : image) {
                program.target.close();
            }
        }
        close();
        if (path != null) {
            await(() -> StoreFixture.run("umount", path.toString()));
            path = null;
        }
    }
}
