package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.limits.Bounds;
import org.pgofs.counters.segment.SegmentDirectory;

/** A store over a real tmpfs, with real files; needs root. */
public abstract class StoreFixture {
    static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path temporary;

    Path path;
    Bounds bounds = Bounds.of(1L << 30);
    SegmentDirectory directory;
    CounterStore store;

    @BeforeEach
    void open() throws IOException {
        path = temporary.resolve("segments");
        reopen();
    }

    void reopen() throws IOException {
        directory = SegmentDirectory.acquire(path);
        store = CounterStore.open(directory, bounds);
    }

    @AfterEach
    void unmount() throws IOException {
        closeStore();
        // The kernel may let go of the last files a moment after they were closed.
        await(() -> run("umount", path.toString()));
    }

    public static boolean run(String... command) throws IOException {
        return new ProcessBuilder(command).start().onExit().join().exitValue() == 0;
    }

    void closeStore() throws IOException {
        store.close();
        directory.close();
    }

    public interface Condition {
        boolean holds() throws IOException;
    }

    public static void await(Condition condition) throws IOException {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.holds()) {
            assertTrue(Instant.now().isBefore(end), "waited too long");
            Thread.onSpinWait();
        }
    }

    long[] counts() throws IOException {
        List<Snapshot> snapshots = store.freeze(images -> images);
        assertEquals(1, snapshots.size());
        return counts(snapshots.get(0));
    }

    static long[] counts(Snapshot snapshot) {
        assertEquals(TestTarget.COUNTERS * Long.BYTES, snapshot.image().countersSize());
        long[] counts = new long[TestTarget.COUNTERS];
        snapshot.counters().asLongBuffer().get(counts);
        return counts;
    }

    long ended() throws IOException {
        return store.status().images().get(0).ended();
    }

    Take take() throws IOException {
        return store.take("all", images -> images);
    }
}
