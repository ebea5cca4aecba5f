package org.pgofs.counters.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** By a clock that the test sets, in units that mean nothing. */
final class AllowanceTest {
    private long now = 1000;
    private final Allowance allowance = new Allowance(() -> now, 100, 50);

    /** How often work that takes so much can be done in a row. */
    private int times(long taken) {
        int times = 0;
        while (allowance.isLeft()) {
            allowance.spend(taken);
            times++;
        }
        return times;
    }

    @Test
    void shouldAllowWhatWasSavedUp() {
        assertEquals(5, times(10));
        now += 100_000;
        assertEquals(5, times(10));
    }

    @Test
    void shouldAllowNoMoreThanTheShare() {
        times(10);
        int times = 0;
        for (int i = 0; i < 1000; i++) {
            now += 100; // of which 1 is allowed
            times += times(10);
        }
        assertEquals(100, times);
    }

    @Test
    void shouldHaveWhatWasTooMuchPaidBack() {
        allowance.spend(150);
        now += 9_999;
        assertFalse(allowance.isLeft());
        now += 200;
        assertTrue(allowance.isLeft());
    }

    @Test
    void shouldCountTimeBeforeAChangeByTheShareOfThatTime() {
        times(10);
        now += 1000;
        allowance.setParts(1000);
        assertEquals(1, times(10));
        now += 999;
        assertFalse(allowance.isLeft());
    }

    @Test
    void shouldDoRegularWorkAsSeldomAsTheShareDemands() {
        assertEquals(700, allowance.pace(3, 700));
        assertEquals(800, allowance.pace(8, 700));
        assertTrue(allowance.pace(Long.MAX_VALUE, 1) > 0);
    }
}
