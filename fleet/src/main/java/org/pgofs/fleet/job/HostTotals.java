package org.pgofs.fleet.job;

import java.io.Serializable;
import org.pgofs.counters.format.Saturated;

/**
 * What one host brought.
 *
 * @param pieces how many
 * @param total the sum of their counters, without weights; 0 to 2^63-1
 */
record HostTotals(long pieces, long total) implements Serializable {
    HostTotals plus(HostTotals other) {
        return new HostTotals(pieces + other.pieces, Saturated.sum(total, other.total));
    }
}
