package org.pgofs.counters.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** By a clock that stands still until it is set. */
class RechecksTest {
    private static final int USER = 1000;
    private static final int OTHER = 1001;

    private final List<String> seen = new ArrayList<>();
    private long ms;
    private final Rechecks rechecks = new Rechecks(() -> TimeUnit.MILLISECONDS.toNanos(ms));

    private boolean isStillInUse(String name) {
        seen.add(name);
        return false;
    }

    @Test
    void shouldLookAgainForEightSeconds() {
        rechecks.add("file", USER);
        List<Long> looks = new ArrayList<>(List.of(0L));
        int delay = rechecks.lookAtDue(this::isStillInUse);
        while (delay != -1) {
            ms += delay;
            delay = rechecks.lookAtDue(this::isStillInUse);
            looks.add(ms);
        }
        assertEquals(List.of(0L, 1L, 3L, 7L, 15L, 31L, 63L, 127L, 255L, 511L, 1023L, 2047L, 4095L, 8191L), looks);
        assertEquals(looks.size(), seen.size());
    }

    /** Events of other files call for rounds. */
    @Test
    void shouldNotGiveUpSoonerWhenItIsCalledMoreOften() {
        rechecks.add("file", USER);
        for (int round = 0; round < 100; round++) {
            rechecks.lookAtDue(this::isStillInUse);
        }
        assertEquals(List.of("file"), seen);
        ms = 8190;
        rechecks.lookAtDue(this::isStillInUse);
        assertEquals(List.of("file", "file"), seen);
    }

    @Test
    void shouldForgetWhatIsDone() {
        rechecks.add("one", USER);
        rechecks.add("two", USER);
        rechecks.lookAtNewest(name -> isStillInUse(name) || name.equals("one"));
        assertEquals(2, seen.size());
        ms = 1;
        assertEquals(-1, rechecks.lookAtDue("two"::equals));
    }

    @Test
    void shouldSayThatThereIsNoRoom() {
        for (int i = 0; i < Rechecks.MOST; i++) {
            assertTrue(rechecks.add("file " + i, i % 5));
        }
        assertFalse(rechecks.add("another", USER));
        assertTrue(rechecks.add("file 0", 0), "is there already");
    }

    @Test
    void shouldBeginAgainWithTheNextClose() {
        rechecks.add("file", USER);
        assertEquals(1, rechecks.lookAtDue(this::isStillInUse));
        ms = 8191;
        assertEquals(2, rechecks.lookAtDue(this::isStillInUse));
        rechecks.add("file", USER);
        assertEquals(1, rechecks.lookAtDue(this::isStillInUse));
        assertEquals(3, seen.size());
    }

    /** A scan comes upon all files; which of them were closed it does not know. */
    @Test
    void shouldLookOnceAtWhatMayHaveBeenClosed() {
        rechecks.add("closed", USER);
        rechecks.addOnce("closed", USER);
        rechecks.addOnce("perhaps", USER);
        assertEquals(1, rechecks.lookAtDue(this::isStillInUse));
        assertEquals(List.of("closed", "perhaps"), seen);
        ms = 1;
        rechecks.lookAtDue(this::isStillInUse);
        assertEquals(List.of("closed", "perhaps", "closed"), seen);
    }

    /** One program opens and closes 15,000 files of its own without end. */
    @Test
    void shouldLookAtNoMoreThanSomeOfAUserInVainAtATime() {
        rechecks.add("other", OTHER);
        for (int i = 0; i < 15_000; i++) {
            rechecks.add("file " + i, USER);
        }
        rechecks.lookAtNewest(this::isStillInUse);
        assertEquals(Rechecks.IN_VAIN + 1, seen.size());
        assertTrue(seen.contains("other") && seen.contains("file 14999"), "those that were closed last");

        seen.clear();
        for (ms = 0; ms < 1000; ms++) {
            rechecks.lookAtDue(this::isStillInUse);
        }
        assertEquals(10, seen.stream().filter("other"::equals).count(), "as if there were no others");
        assertEquals(50 * Rechecks.IN_VAIN + 10, seen.size());
        assertEquals(seen.size() - 9, seen.stream().distinct().count(), "one after the other");
    }

    /** Many programs of one user end at once. */
    @Test
    void shouldLookAtAllThatEnded() {
        for (int i = 0; i < 15_000; i++) {
            rechecks.add("file " + i, USER);
        }
        assertEquals(-1, rechecks.lookAtDue(name -> {
            seen.add(name);
            return true;
        }));
        assertEquals(15_000, seen.size());
    }
}
