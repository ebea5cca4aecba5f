package org.pgofs.profdata.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a summary is made of, for more counts than a compiler makes in a moment. */
class CountFrequenciesTest {
    /** More than there are in one sorted piece. */
    @Test
    void shouldCountEveryCountFromTheGreatestDown() throws IOException {
        int distinct = 300_000;
        try (CountFrequencies frequencies = new CountFrequencies(2 * distinct + 3)) {
            for (int i = 0; i < distinct; i++) {
                frequencies.add(70_000L + (i * 7919L) % distinct);
                frequencies.add(70_000L + i);
            }
            frequencies.add(3);
            frequencies.add(-3);
            frequencies.add(3);
            assertTrue(frequencies.next());
            assertEquals(-3, frequencies.count());
            for (long count = 70_000L + distinct - 1; count >= 70_000; count--) {
                assertTrue(frequencies.next());
                assertEquals(count, frequencies.count());
                assertEquals(2, frequencies.frequency());
            }
            assertTrue(frequencies.next());
            assertEquals(3, frequencies.count());
            assertEquals(2, frequencies.frequency());
            assertTrue(!frequencies.next());
        }
    }
}
