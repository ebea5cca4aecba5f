package org.pgofs.counters.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InodeSetTest {
    private static final int FAR_APART = 1 << 16;

    private final InodeSet numbers = new InodeSet();

    @Test
    void shouldBeASet() {
        Random random = new Random(1);
        Set<Long> same = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            long number = random.nextInt(200_000);
            numbers.add(number);
            same.add(number);
        }
        assertEquals(same.size(), numbers.size());
        for (long number = -1; number < 200_001; number++) {
            assertEquals(same.contains(number), numbers.contains(number));
        }
    }

    @Test
    void shouldAddAnotherSet() {
        InodeSet others = new InodeSet();
        for (long number = 0; number < 10; number++) {
            numbers.add(number * 70_000);
            others.add(number * 140_000);
        }
        numbers.addAll(others);
        assertEquals(15, numbers.size());
        assertTrue(numbers.contains(70_000) && numbers.contains(9 * 140_000));
        assertEquals(10, others.size());
    }

    @Test
    void shouldTakeNumbersOfAnySize() {
        for (long number : new long[] {0, 1L << 31, 1L << 32, (1L << 32) + 1, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            assertFalse(numbers.contains(number));
            numbers.add(number);
            assertTrue(numbers.contains(number));
        }
        assertEquals(7, numbers.size());
    }

    @Test
    void shouldForgetWhatItHasNoRoomFor() {
        Stream.iterate(0L, number -> number + FAR_APART).limit(10_000).forEach(numbers::add);
        assertEquals(1024, numbers.size());
        assertTrue(numbers.contains(1023L * FAR_APART));
        assertFalse(numbers.contains(1024L * FAR_APART));
    }
}
