package org.pgofs.fleet.job;

import java.io.Serializable;
import java.math.BigDecimal;

/**
 * What is asked of hosts, in percent.
 *
 * @param minOverlap how much of its counts a host must have in common with the others, 0 to 100; 0 to take all
 * @param maxShare which part of all counts one host can have, more than 0, to 100; 100 for any
 */
public record Demands(BigDecimal minOverlap, BigDecimal maxShare) implements Serializable {
    /** All of them. */
    public static final BigDecimal ALL = BigDecimal.valueOf(100);

    /** Nothing is asked. */
    public static final Demands NONE = new Demands(BigDecimal.ZERO, ALL);

    /**
     * Checks both.
     *
     * @param minOverlap see the record
     * @param maxShare see the record
     * @throws IllegalArgumentException if one is out of its range
     */
    public Demands {
        if (minOverlap.signum() < 0 || minOverlap.compareTo(ALL) > 0) {
            throw new IllegalArgumentException("an overlap is 0% to 100%, not " + minOverlap + "%");
        }
        if (maxShare.compareTo(BigDecimal.ONE) < 0 || maxShare.compareTo(ALL) > 0) {
            throw new IllegalArgumentException(
                    "the share of a host is bounded by 1% to 100%, not by " + maxShare + "%");
        }
    }
}
