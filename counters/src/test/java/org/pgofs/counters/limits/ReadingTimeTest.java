package org.pgofs.counters.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.linux.OverBoundException;

/** Shares of time, by clocks that move when they are told. */
class ReadingTimeTest {
    private static final int USER = 1000;
    private static final int OTHER = 1001;

    private long now = Long.MAX_VALUE - 5; // clocks of nanoseconds pass over their end
    private long processorTime = Long.MAX_VALUE - 7;
    private final ReadingTime time = new ReadingTime(() -> now, () -> processorTime);

    private void read(int user, long seconds) throws OverBoundException {
        read(user, seconds, 0);
    }

    /** While others have the processor for some of the time. */
    private void read(int user, long seconds, long ofOthers) throws OverBoundException {
        long begun = time.begin(user);
        processorTime += TimeUnit.SECONDS.toNanos(seconds);
        pass(seconds + ofOthers);
        time.end(user, begun);
    }

    private void pass(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void shouldLetEverybodyHaveHisShare() throws OverBoundException {
        read(USER, 2);
        read(USER, 1);
        read(USER, 2); // one file may be larger than what is left
        assertThrows(OverBoundException.class, () -> read(USER, 1));
        read(OTHER, 1);
        for (int i = 0; i < 100; i++) {
            read(0, 10);
        }
        read(USER, 1);
    }

    @Test
    void shouldNotChargeWhatABusyMachineAdds() throws OverBoundException {
        read(USER, 1, 100);
        read(USER, 1, 5);
        read(USER, 0, 100);
        read(OTHER, 4, 0);
        read(USER, 3, 5);
        read(USER, 1, 5);
        assertThrows(OverBoundException.class, () -> read(USER, 1));
    }

    /** What passes while others have the processor is as good as any other time. */
    @Test
    void shouldGrowSharesWhileOthersHaveTheProcessor() throws OverBoundException {
        read(USER, 4);
        pass(6);
        read(USER, 1, 8);
        assertThrows(OverBoundException.class, () -> read(USER, 1));
        pass(1);
        read(USER, 1);
    }

    @Test
    void shouldSayWhenSomebodyNeedNotWaitAnyMore() throws OverBoundException {
        assertEquals(-1, time.readyInMs());
        read(USER, 4);
        assertEquals(-1, time.readyInMs(), "nobody has waited");
        assertThrows(OverBoundException.class, () -> read(USER, 1));
        assertEquals(6001, time.readyInMs());
        assertFalse(time.pollReady());
        pass(6);
        assertTrue(time.pollReady());
        assertFalse(time.pollReady());
        assertEquals(-1, time.readyInMs());
        read(USER, 1);
        assertThrows(OverBoundException.class, () -> read(USER, 1));
        pass(9);
        read(USER, 1);
    }

    @Test
    void shouldNotSaveUpMoreThanThat() throws OverBoundException {
        pass(100_000);
        read(USER, 4);
        pass(100_000);
        read(USER, 4);
        assertThrows(OverBoundException.class, () -> read(USER, 1));
    }

    @Test
    void shouldUnfoldNoMoreNamesAtOnceThanEverybodyMayWaitFor() throws OverBoundException {
        ReadingTime.requireNames(USER, ReadingTime.NAMES_AT_ONCE);
        ReadingTime.requireNames(0, Long.MAX_VALUE);
        assertThrows(OverBoundException.class, () -> ReadingTime.requireNames(USER, ReadingTime.NAMES_AT_ONCE + 1));
    }
}
