package org.pgofs.fleet.job;

import java.io.Serializable;
import org.pgofs.counters.format.Saturated;

/**
 * What one host brought.
 *
 * @param pieces how many
 * @param total the sum of their counters, without weights; 0 to 2^63-1
 * @param weighed the same with the weights of the pieces
 */
record HostTotals(long pieces, long total, long weighed) implements Serializable {
    /** Of one piece. */
    static HostTotals of(long total, long weight) {
        boolean fits = Math.multiplyHigh(total, weight) == 0 && total * weight >= 0;
        return new HostTotals(1, total, fits ? total * weight : Long.MAX_VALUE);
    }

    HostTotals plus(HostTotals other) {
        return new HostTotals(
                pieces + other.pieces, Saturated.sum(total, other.total), Saturated.sum(weighed, other.weighed));
    }
}
