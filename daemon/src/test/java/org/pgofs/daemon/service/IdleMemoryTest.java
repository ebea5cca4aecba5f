package org.pgofs.daemon.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class IdleMemoryTest {
    private static final long MEGABYTE = 1 << 20;

    private long used = 20 * MEGABYTE;
    private int released;

    private final IdleMemory memory = new IdleMemory(() -> used, this::release, Duration.ofHours(1));

    private void release() {
        released++;
        used = 5 * MEGABYTE;
    }

    private void look(long nowUsed) {
        used = nowUsed;
        memory.look();
    }

    @Test
    void shouldReleaseWhenNothingWasAllocatedSinceTheLookBefore() {
        memory.look();
        assertEquals(0, released, "it may be busy");

        memory.look();
        assertEquals(1, released);
    }

    @Test
    void shouldReleaseOnceUntilThereIsSomethingToDo() {
        memory.look();
        for (int i = 0; i < 10; i++) {
            look(used + IdleMemory.LITTLE / 2);
        }
        assertEquals(1, released, "a heartbeat is no work");

        look(used + 3 * MEGABYTE);
        assertEquals(1, released, "it is busy");

        memory.look();
        assertEquals(2, released);
    }

    @Test
    void shouldNotReleaseWhileItIsBusy() {
        for (int i = 0; i < 10; i++) {
            look(used + IdleMemory.LITTLE);
        }
        assertEquals(0, released);
    }

    /** What was collected was allocated by somebody. */
    @Test
    void shouldNotTakeACollectionForIdleness() {
        look(30 * MEGABYTE);
        look(10 * MEGABYTE);
        look(8 * MEGABYTE);
        assertEquals(0, released);
    }
}
