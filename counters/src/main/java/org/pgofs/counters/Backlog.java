package org.pgofs.counters;

import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of ended programs that are found but not yet saved and deleted. They exceed {@link #BOUND} only as long
 * as the thread that deletes them gets no processor, or nothing can be saved; the log says when. Guarded by the store's
 * lock.
 */
final class Backlog {
    /** The bytes that may remain when all segments that were found are worked off. */
    static final long BOUND = 64L << 20;

    private final LongSupplier segments;
    private final LongSupplier bytes;
    private final Logger log;
    private long mostBytesLeft;
    private long begin;
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

    /** Says that ended programs were looked for, and their segments are not deleted yet. */
    void found() {
        begin = begin == 0 && segments.getAsLong() > 0 ? System.nanoTime() : begin;
        if (!isAbove && bytes.getAsLong() > BOUND) {
            isAbove = true;
            log.warn(
                    "{} segments of ended programs are not deleted yet, {} bytes: the daemon had no processor, or cannot save",
                    segments.getAsLong(),
                    bytes.getAsLong());
        }
    }

    /** Says that all segments that were found are worked off. */
    void done() {
        begin = segments.getAsLong() > 0 ? begin : 0;
        mostBytesLeft = Math.max(mostBytesLeft, bytes.getAsLong());
        if (isAbove && bytes.getAsLong() <= BOUND) {
            isAbove = false;
            log.info("segments of ended programs are deleted again, {} bytes are left", bytes.getAsLong());
        }
    }

    CounterStoreStatus.BacklogStatus status() {
        long age = begin == 0 || segments.getAsLong() == 0 ? 0 : System.nanoTime() - begin;
        return new CounterStoreStatus.BacklogStatus(segments.getAsLong(), bytes.getAsLong(), mostBytesLeft, age);
    }
}
