package org.pgofs.counters.counts;

/** Takes what value sites observed. */
@FunctionalInterface
public interface ValueSink {
    /**
     * Takes an observation.
     *
     * @param site the number of the site in the image
     * @param value the canonical value
     * @param count how often
     */
    void add(int site, long value, long count);
}
