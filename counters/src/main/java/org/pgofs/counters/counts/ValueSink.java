package org.pgofs.counters.counts;

/** Receives observed values. */
@FunctionalInterface
public interface ValueSink {
    /**
     * Receives an observation.
     *
     * @param site the number of the site in the image
     * @param value the canonical value
     * @param count how often
     */
    void add(int site, long value, long count);
}
