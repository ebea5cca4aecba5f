package org.pgofs.counters;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * The counts of an image, in a form to calculate with.
 *
 * @param counters signed sums
 * @param values what the value sites observed
 */
record Counts(CounterSum counters, ValueCounts values) {
    Counts copy() {
        return new Counts(counters.copy(), values.copy());
    }

    void add(Counts other) {
        counters.add(other.counters);
        values.add(other.values);
    }

    Snapshot toSnapshot(Image image) {
        return new Snapshot(image, counters.toSection(), ByteBuffer.allocate(0), values, Instant.now());
    }
}
