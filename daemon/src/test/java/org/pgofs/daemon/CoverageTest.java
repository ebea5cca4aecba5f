package org.pgofs.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CoverageTest {
    private static final int SIZE = 40;

    private final Coverage coverage = new Coverage();

    /** Bytes from one offset to before another. */
    record Range(int from, int to) {}

    @Test
    void shouldBeCompleteWithoutBytes() {
        assertTrue(coverage.isComplete(0));
        assertFalse(coverage.isComplete(1));
    }

    @Test
    void shouldBeCompleteWhenTheLastHoleIsFilled() {
        coverage.add(5L << 32, 6L << 32);
        coverage.add(0, 3L << 32);
        assertFalse(coverage.isComplete(6L << 32));
        coverage.add(3L << 32, 5L << 32);
        assertTrue(coverage.isComplete(6L << 32));
        assertFalse(coverage.isComplete((6L << 32) + 1));
    }

    @Test
    void shouldLeaveOutReadsOfNothing() {
        coverage.add(0, 4);
        coverage.add(8, 8);
        coverage.add(4, 4);
        assertTrue(coverage.isComplete(4));
        assertFalse(coverage.isComplete(5));
    }

    @Property
    void shouldKnowExactlyWhatWasDelivered(@ForAll("ranges") List<Range> ranges) {
        Coverage covered = new Coverage();
        BitSet expected = new BitSet();
        for (Range range : ranges) {
            covered.add(range.from, range.to);
            expected.set(range.from, Math.max(range.from, range.to));
            for (int size = 0; size <= SIZE + 1; size++) {
                assertEquals(expected.nextClearBit(0) >= size, covered.isComplete(size), "of " + size + " bytes");
            }
        }
    }

    @Provide
    Arbitrary<List<Range>> ranges() {
        Arbitrary<Integer> offsets = Arbitraries.integers().between(0, SIZE);
        return Combinators.combine(offsets, Arbitraries.integers().between(-1, 12))
                .as((from, length) -> new Range(from, Math.min(SIZE, from + length)))
                .list()
                .ofMaxSize(20);
    }
}
