package org.pgofs.counters.counts;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.StoredImage;

/**
 * The merged counts of one image at one moment. Immutable.
 *
 * @param image whose counts these are
 * @param counters the counters section, {@link Image#countersSize()} bytes, little-endian, from position 0
 * @param bitmaps the bitmaps section, {@link Image#bitmapsSize()} bytes, from position 0
 * @param values the observed values; not to be changed
 * @param taken when the counts were read
 */
public record Snapshot(Image image, ByteBuffer counters, ByteBuffer bitmaps, ValueCounts values, Instant taken) {
    /** As many values of one site as a raw profile can have. */
    public static final int MAX_VALUES = 255;

    /**
     * No counts.
     *
     * @param image of a store
     * @return the image as if nothing had run yet
     */
    public static Snapshot none(Image image) {
        return Counts.none((StoredImage) image).toSnapshot(image);
    }

    /**
     * The same counts with other values.
     *
     * @param others in place of the values
     * @return a new snapshot
     */
    public Snapshot withValues(ValueCounts others) {
        return new Snapshot(image, counters, bitmaps, others, taken);
    }

    /**
     * How much memory it takes up besides its image.
     *
     * @return bytes, about
     */
    public long memory() {
        return counters.capacity() + bitmaps.capacity() + values.size() * ValueCounts.BYTES;
    }
}
