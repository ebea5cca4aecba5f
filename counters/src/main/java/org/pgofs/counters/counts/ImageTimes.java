package org.pgofs.counters.counts;

import java.time.Instant;

/**
 * Since when an image is known and counts.
 *
 * @param firstSeen when its first process was found, to the second; the epoch if an older pgofs did not save it
 * @param since when it was reset or taken last, or else when it was first seen
 */
public record ImageTimes(Instant firstSeen, Instant since) {
    /** Of an image that an older pgofs saved. */
    public static final ImageTimes UNKNOWN = new ImageTimes(Instant.EPOCH, Instant.EPOCH);

    /** Of an image that is found now. */
    static ImageTimes now() {
        Instant now = Instant.now();
        return new ImageTimes(now, now);
    }

    /** The same image, reset or taken at some time. */
    public ImageTimes resetAt(Instant time) {
        return new ImageTimes(firstSeen, time);
    }
}
