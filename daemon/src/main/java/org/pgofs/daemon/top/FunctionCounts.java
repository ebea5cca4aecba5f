package org.pgofs.daemon.top;

import java.nio.LongBuffer;
import org.pgofs.counters.format.Saturated;

/**
 * What the counters of one function hold.
 *
 * @param image in which it is
 * @param name as the compiler calls it
 * @param reference the hash of its name
 * @param hash of its control flow; functions that have both in common are the same in two readings of an image
 * @param counters one for each place that is counted, 0 or more; not to be changed
 */
record FunctionCounts(String image, String name, long reference, long hash, LongBuffer counters) {
    /** Of all its counters; saturates. */
    long total() {
        long total = 0;
        for (int i = 0; i < counters.limit(); i++) {
            total = Saturated.sum(total, counters.get(i));
        }
        return total;
    }

    /** What identifies it in another reading. */
    record Key(String image, long reference, long hash) {}

    Key key() {
        return new Key(image, reference, hash);
    }
}
