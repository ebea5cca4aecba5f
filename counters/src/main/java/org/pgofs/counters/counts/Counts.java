package org.pgofs.counters;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * The counts of an image, in a form to calculate with.
 *
 * @param counters signed sums
 * @param values what the value sites observed, signed too
 * @param marks what cannot be added up; where they hold parts of the counters section, the sums have no meaning
 */
record Counts(CounterSum counters, ValueCounts values, Marks marks) {
    /** No counts of an image. */
    static Counts none(StoredImage image) {
        return new Counts(new CounterSum(image.sums()), ValueCounts.ofLive(), Marks.none(image));
    }

    Counts copy() {
        return new Counts(counters.copy(), values.copy(), marks.copy());
    }

    boolean isZero() {
        return counters.isNothing() && values.isEmpty() && marks.isNone();
    }

    /** Adds others, all but values for which there is no memory. */
    void add(Counts other) {
        counters.add(other.counters);
        marks.add(other.marks);
        values.addIfPossible(other.values);
    }

    Snapshot toSnapshot(Image image) {
        ByteBuffer section = marks.countersSection(image, counters.toSection());
        return new Snapshot(image, section, marks.bitmapsSection(), values.clamped(), Instant.now());
    }
}
