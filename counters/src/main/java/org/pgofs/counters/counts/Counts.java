package org.pgofs.counters.counts;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.StoredImage;

/**
 * The counts of an image, in a form to calculate with.
 *
 * @param counters signed sums
 * @param values observed values, with signed counts
 * @param marks the parts that cannot be added up; where marks cover the counters section, the sums have no meaning
 */
public record Counts(CounterSum counters, ValueCounts values, Marks marks) {
    /** Counts of an image that are all 0. */
    public static Counts none(StoredImage image) {
        return new Counts(new CounterSum(image.sums()), ValueCounts.ofLive(), Marks.none(image));
    }

    public Counts copy() {
        return new Counts(counters.copy(), values.copy(), marks.copy());
    }

    boolean isZero() {
        return counters.isNothing() && values.isEmpty() && marks.isNone();
    }

    /** Adds other counts, without values for which there is no memory. */
    void add(Counts other) {
        counters.add(other.counters);
        marks.add(other.marks);
        values.addIfPossible(other.values);
    }

    /** Raises each count to that of other counts, if that is higher; marks are merged. */
    void raiseTo(Counts other) {
        counters.raiseTo(other.counters);
        marks.add(other.marks);
        values.raiseTo(other.values);
    }

    public Snapshot toSnapshot(Image image) {
        ByteBuffer section = marks.countersSection(image, counters.toSection());
        return new Snapshot(image, section, marks.bitmapsSection(), values.clamped(), Instant.now());
    }
}
