package org.pgofs.counters;

import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What ended programs have left in the directory: segments that are found, and not saved and deleted yet. It is more than
 * {@link #BOUND} only as long as the thread that deletes them gets no processor, or nothing can be saved; the log says when.
 * Guarded by the store's lock.
 */
final class Backlog {
    /** So many bytes are not left when all that was found is done. */
    static final long BOUND = 64L << 20;

    private final LongSupplier segments;
    private final LongSupplier bytes;
    private final Logger log;
    private long mostBytesLeft;
    private boolean isAbove;

    /** Asks how many segments, and bytes of them, there are. */
    Backlog(LongSupplier segments, LongSupplier bytes) {
        this(segments, bytes, LoggerFactory.getLogger(Backlog.class));
    }

    /** The same with another log. */
    Backlog(LongSupplier segments, LongSupplier bytes, Logger log) {
        this.segments = segments;
        this.bytes = bytes;
        this.log = log;
    }

    /** Ended programs were looked for, and what they left is not deleted yet. */
    void found() {
        if (!isAbove && bytes.getAsLong() > BOUND) {
            isAbove = true;
            log.warn(
                    "{} segments of ended programs are not deleted yet, {} bytes: the daemon had no processor, or cannot save",
                    segments.getAsLong(),
                    bytes.getAsLong());
        }
    }

    /** All that was found is done. */
    void done() {
        mostBytesLeft = Math.max(mostBytesLeft, bytes.getAsLong());
        if (isAbove && bytes.getAsLong() <= BOUND) {
            isAbove = false;
            log.info("segments of ended programs are deleted again, {} bytes are left", bytes.getAsLong());
        }
    }

    CounterStoreStatus.BacklogStatus status() {
        return new CounterStoreStatus.BacklogStatus(segments.getAsLong(), bytes.getAsLong(), mostBytesLeft);
    }
}
