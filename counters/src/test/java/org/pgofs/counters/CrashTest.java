package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgofs.counters.CrashLoad.Counting;
import org.pgofs.counters.CrashLoad.Marks;
import org.pgofs.counters.CrashLoad.Until;
import org.pgofs.counters.guest.GuestStatus;
import org.pgofs.counters.guest.TestGuest;
import org.pgofs.counters.limits.Bounds;
import org.pgofs.counters.linux.FaultyChanges;
import org.pgofs.counters.linux.FileChanges;
import org.pgofs.counters.linux.RealChanges;
import org.pgofs.counters.segment.SegmentDirectory;

/**
 * Whatever the store does, it is stopped before its first step, its second and so on, or that step fails; and after a
 * restart the counts are what they would have been.
 */
class CrashTest {
    private static final long[] IMAGES = {1, 2, MarkTarget.BYTES, MarkTarget.TIMES};
    private static final long NEW_IMAGE = 3;
    private static final String KEEPER = "keeper";
    private static final String OTHER_MACHINE = "other";

    @TempDir
    Path temporary;

    private int mounts;
    private Path path;
    private SegmentDirectory directory;
    private CounterStore store;
    private FaultyChanges faults;
    private CrashLoad load;
    private TestGuest otherMachine;

    /** What a store does. */
    @SuppressWarnings("ImmutableEnumChecker")
    enum Protocol {
        FOLD(test -> {
            List<Counting> ended = test.load.firsts();
            for (Counting one : ended) {
                one.end();
            }
            for (Counting one : ended) {
                await(() -> test.faults.isHit() || !Files.exists(one.path()));
            }
        }),
        NEW_IMAGE(test -> {
            long files = test.saved("carry-");
            test.load.start(CrashTest.NEW_IMAGE, 1000);
            test.store.images();
            await(() -> test.faults.isHit() || (test.saved("image-") > files && test.saved("carry-") > files));
        }),
        RESET(test -> test.store.reset(images -> images)),
        RESET_WHEN_ONE_HAS_ENDED(test -> {
            test.load.first(1).end();
            test.load.first(MarkTarget.BYTES).end();
            test.store.reset(images -> images);
        }),
        TAKE_FREEZE(test -> test.store.take("all", images -> images).close()),
        TAKE_COMMIT(test -> {
            try (Take take = test.store.take("all", images -> images)) {
                take.commit();
            }
        }),
        TAKE_KEPT(test -> {
            try (Take take = test.store.take("all", images -> images)) {
                take.commit(CrashTest.KEEPER);
            }
        }),
        ATTACH(test -> {
            test.otherMachine = TestGuest.start(test.temporary.resolve("other" + test.mounts));
            test.store.machines().attach(OTHER_MACHINE, test.otherMachine.memory(), TestGuest.kernel());
        }),
        MACHINE_STARTS_AGAIN(test -> {
            test.load.machine().startAgain();
            test.store.freeze(images -> images);
            test.load.machine().count(1);
            test.store.freeze(images -> images);
            test.store.take("all", images -> images).close();
        }),
        MACHINE_ENDS(test -> {
            test.load.machine().end();
            test.store.freeze(images -> images);
            await(() -> test.faults.isHit() || !Files.exists(test.load.machine().path()));
        }),
        CLOSE(test -> {
            test.load.first(1).end();
            test.load.first(MarkTarget.BYTES).end();
            test.store.images();
            test.store.close();
        }),
        START(test -> {
            test.close();
            test.load.first(1).end();
            test.load.first(MarkTarget.BYTES).end();
            test.load.start(CrashTest.NEW_IMAGE, 1000);
            test.open(test.faults);
        }),
        START_WITH_A_DAMAGED_MANIFEST(test -> {
            test.close();
            Path manifest = test.path.resolve(".state/manifest");
            if (Files.exists(manifest)) {
                Files.write(manifest, new byte[] {1}, StandardOpenOption.APPEND);
            }
            test.open(test.faults);
        });

        private final Action action;

        Protocol(Action action) {
            this.action = action;
        }

        boolean isReset() {
            return this == RESET || this == RESET_WHEN_ONE_HAS_ENDED;
        }

        boolean takesAway() {
            return isReset() || this == TAKE_COMMIT || this == TAKE_KEPT;
        }
    }

    private interface Action {
        void run(CrashTest test) throws IOException;
    }

    private static void await(StoreFixture.Condition condition) throws IOException {
        StoreFixture.await(condition);
    }

    private long saved(String prefix) throws IOException {
        try (var names = Files.list(path.resolve(".state"))) {
            return names.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .count();
        }
    }

    private void open(FileChanges changes) throws IOException {
        directory = SegmentDirectory.acquire(path, changes);
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

    /** Of each image two processes run, and a machine; there was one process more, and a reset. */
    private void prepare(Protocol protocol, boolean deadly) throws IOException {
        path = temporary.resolve("segments" + ++mounts);
        faults = new FaultyChanges(deadly);
        faults.disarm();
        open(faults);
        Path memory = temporary.resolve("memory" + mounts);
        load = new CrashLoad(path, memory);
        store.machines().attach(CrashLoad.MACHINE, memory, TestGuest.kernel());
        load.machine().count(1);
        for (long image : IMAGES) {
            load.start(image, 1);
            load.start(image, 10);
            load.start(image, 100).end();
        }
        reset();
        load.count();
        if (protocol == Protocol.MACHINE_STARTS_AGAIN) {
            reset(); // which saves all that the machine counted
        }
    }

    private void reset() throws IOException {
        store.reset(images -> images);
        load.remove(load.untilNow());
    }

    @ParameterizedTest
    @EnumSource
    void shouldCountExactlyAfterDyingBeforeAnyStep(Protocol protocol) throws IOException {
        dieBeforeEachStep(protocol, false);
    }

    /** Without it carry files of two generations are there, of which one may be incomplete. */
    @ParameterizedTest
    @EnumSource(names = {"FOLD", "RESET_WHEN_ONE_HAS_ENDED", "TAKE_COMMIT", "TAKE_KEPT"})
    void shouldCountExactlyAfterDyingBeforeAnyStepThoughTheManifestIsDamaged(Protocol protocol) throws IOException {
        dieBeforeEachStep(protocol, true);
    }

    private void dieBeforeEachStep(Protocol protocol, boolean damage) throws IOException {
        boolean hit = true;
        for (int step = 0; hit; step++) {
            prepare(protocol, true);
            Until before = load.untilNow();
            faults.arm(step);
            boolean acknowledged = run(protocol);
            hit = faults.isHit();
            faults.disarm();
            close();
            if (damage) {
                Files.write(path.resolve(".state/manifest"), new byte[] {1}, StandardOpenOption.APPEND);
            }
            finish(protocol, before, acknowledged, step);
            assertTrue(hit || step > 2, "too few steps");
        }
    }

    /** Whether it reported that it is done. */
    private boolean run(Protocol protocol) throws IOException {
        try {
            protocol.action.run(this);
            return true;
        } catch (FaultyChanges.Died | IOException e) {
            assertTrue(faults.isHit(), e::toString);
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldChangeNothingWhenAStepFails(Protocol protocol) throws IOException {
        boolean hit = true;
        for (int step = 0; hit; step++) {
            prepare(protocol, false);
            Until before = load.untilNow();
            faults.arm(step);
            boolean acknowledged = run(protocol);
            hit = faults.isHit();
            faults.disarm();
            if (protocol.takesAway()) {
                repeat(protocol, before, acknowledged);
                acknowledged = false;
            }
            close();
            finish(protocol, null, acknowledged, step);
        }
    }

    /** Something was taken away, or not; then it is done again, without a failure. */
    private void repeat(Protocol protocol, Until before, boolean acknowledged) throws IOException {
        Marks marks = store.status().dropped().isEmpty() ? Marks.EXACT : Marks.SOME_LEFT;
        boolean wasReset = load.check(store, before, marks);
        assertEquals(acknowledged, wasReset, () -> protocol + " reported what it had not done");
        if (marks == Marks.EXACT) {
            if (wasReset) {
                load.remove(before);
            }
            load.count();
            load.check(store, null, Marks.EXACT);
        }
        Until until = load.untilNow();
        protocol.action.run(this);
        load.remove(until);
    }

    /** Restarts, and lets everything go on and end. */
    private void finish(Protocol protocol, Until before, boolean acknowledged, int step) throws IOException {
        String what = protocol + ", step " + step;
        load.count();
        open(RealChanges.INSTANCE);
        if (protocol == Protocol.MACHINE_STARTS_AGAIN) {
            load.machine().count(1); // without that it may be left over from before the daemon started
        }
        Marks marks = protocol.isReset() && !acknowledged ? Marks.SOME_GONE : Marks.EXACT;
        boolean wasReset = load.check(store, protocol.takesAway() ? before : null, marks);
        assertTrue(wasReset || !acknowledged || !protocol.takesAway(), () -> what + " was acknowledged and is gone");
        if (wasReset) {
            load.remove(before);
        }
        if (protocol == Protocol.TAKE_KEPT && before != null) {
            assertEquals(
                    wasReset,
                    store.status().takes().ofKeepers().containsKey(KEEPER),
                    () -> what + ": what its keeper sees");
        }
        if (protocol == Protocol.ATTACH) {
            checkOtherMachine(acknowledged, before == null, what);
        }
        load.start(1, 1);
        load.count();
        load.check(store, null, Marks.EXACT);
        load.end();
        load.check(store, null, Marks.EXACT);
        close();
        assertFalse(load.hasLeftFiles(), what);
        open(RealChanges.INSTANCE);
        load.check(store, null, Marks.EXACT);
        assertEquals(List.of(), store.status().dropped(), what);
        unmount();
    }

    private void checkOtherMachine(boolean acknowledged, boolean failed, String what) throws IOException {
        List<String> machines =
                store.status().guests().stream().map(GuestStatus::name).toList();
        assertTrue(machines.contains(CrashLoad.MACHINE), what);
        if (acknowledged || failed) {
            assertEquals(acknowledged, machines.contains(OTHER_MACHINE), what);
        }
    }

    @AfterEach
    void unmount() throws IOException {
        if (load != null) {
            load.end();
        }
        if (otherMachine != null) {
            otherMachine.close();
            otherMachine = null;
        }
        close();
        if (path != null) {
            await(() -> StoreFixture.run("umount", path.toString()));
            path = null;
        }
    }
}
