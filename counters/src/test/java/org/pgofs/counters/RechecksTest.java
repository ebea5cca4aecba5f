package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** By a clock that stands still until it is set. */
class RechecksTest {
    private final List<String> seen = new ArrayList<>();
    private long ms;
    private final Rechecks rechecks = new Rechecks(() -> TimeUnit.MILLISECONDS.toNanos(ms));

    private boolean isStillInUse(String name) {
        seen.add(name);
        return false;
    }

    @Test
    void shouldLookAgainForEightSeconds() {
        rechecks.add("file");
        List<Long> looks = new ArrayList<>();
        int delay = rechecks.lookAtDue(this::isStillInUse);
        while (delay != -1) {
            ms += delay;
            delay = rechecks.lookAtDue(this::isStillInUse);
            looks.add(ms);
        }
        assertEquals(List.of(1L, 3L, 7L, 15L, 31L, 63L, 127L, 255L, 511L, 1023L, 2047L, 4095L, 8191L), looks);
        assertEquals(looks.size(), seen.size());
    }

    /** Events of other files call for rounds. */
    @Test
    void shouldNotGiveUpSoonerWhenItIsCalledMoreOften() {
        rechecks.add("file");
        for (int round = 0; round < 100; round++) {
            rechecks.lookAtDue(this::isStillInUse);
        }
        assertEquals(List.of(), seen);
        ms = 8190;
        rechecks.lookAtDue(this::isStillInUse);
        assertEquals(List.of("file"), seen);
    }

    @Test
    void shouldForgetWhatIsDone() {
        rechecks.add("one");
        rechecks.add("two");
        rechecks.lookAtAll(name -> isStillInUse(name) || name.equals("one"));
        assertEquals(2, seen.size());
        ms = 1;
        assertEquals(-1, rechecks.lookAtDue("two"::equals));
    }

    @Test
    void shouldSayThatThereIsNoRoom() {
        for (int i = 0; i < Rechecks.MOST; i++) {
            assertTrue(rechecks.add("file " + i));
        }
        assertFalse(rechecks.add("another"));
        assertTrue(rechecks.add("file 0"), "is there already");
    }

    @Test
    void shouldBeginAgainWithTheNextClose() {
        rechecks.add("file");
        ms = 8191;
        assertEquals(2, rechecks.lookAtDue(this::isStillInUse));
        rechecks.add("file");
        assertEquals(1, rechecks.lookAtDue(this::isStillInUse));
    }
}
