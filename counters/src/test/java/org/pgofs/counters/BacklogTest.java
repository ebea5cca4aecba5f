package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.CounterStoreStatus.BacklogStatus;
import org.pgofs.counters.linux.RealChanges;
import org.pgofs.counters.segment.SegmentDirectory;
import org.slf4j.event.EventRecordingLogger;
import org.slf4j.event.Level;
import org.slf4j.event.SubstituteLoggingEvent;
import org.slf4j.helpers.SubstituteLogger;

/** What ended programs leave until it is saved. */
class BacklogTest extends StoreFixture {
    private long bytes;

    private BacklogStatus backlog() throws IOException {
        return store.status().backlog();
    }

    @Test
    void shouldTellWhatIsNotDeletedYet() throws IOException {
        closeStore();
        AtomicBoolean fails = new AtomicBoolean();
        directory = SegmentDirectory.acquire(path, new RealChanges() {
            @Override
            public void rename(Path from, Path to) throws IOException {
                if (fails.get()) {
                    throw new IOException("injected");
                }
                super.rename(from, to);
            }
        });
        store = CounterStore.open(directory, bounds);
        TestTarget target = TestTarget.start(path, 1);
        assertEquals(new BacklogStatus(0, 0, 0, 0), backlog());
        fails.set(true);
        target.close();
        // A status may find the segment before the thread that deletes it does.
        await(() -> backlog().mostBytesLeft() > 0);
        BacklogStatus left = backlog();
        assertEquals(new BacklogStatus(1, TestTarget.FILE_SIZE, TestTarget.FILE_SIZE, left.age()), left);
        await(() -> backlog().age() > left.age());
        fails.set(false);
        await(() -> backlog().segments() == 0);
        assertEquals(new BacklogStatus(0, 0, TestTarget.FILE_SIZE, 0), backlog());
    }

    @Test
    void shouldLogOnceThatItIsLargeAndOnceThatItIsNot() {
        Queue<SubstituteLoggingEvent> lines = new ArrayDeque<>();
        Backlog backlog = new Backlog(
                () -> 7, () -> bytes, new EventRecordingLogger(new SubstituteLogger("log", lines, true), lines));
        for (long next : List.of(5L, Backlog.BOUND, Backlog.BOUND + 1, Backlog.BOUND + 2, 3L, 4L)) {
            bytes = next;
            backlog.found();
            backlog.done();
        }
        assertEquals(Backlog.BOUND + 2, backlog.status().mostBytesLeft());
        SubstituteLoggingEvent large = lines.remove();
        assertEquals(Level.WARN, large.getLevel());
        assertEquals(List.of(7L, Backlog.BOUND + 1), large.getArguments());
        SubstituteLoggingEvent small = lines.remove();
        assertEquals(Level.INFO, small.getLevel());
        assertEquals(List.of(3L), small.getArguments());
        assertTrue(lines.isEmpty());
    }
}
