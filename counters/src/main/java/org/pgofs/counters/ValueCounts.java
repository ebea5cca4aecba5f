package org.pgofs.counters;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the value sites of an image observed: for each site a histogram of values. Values are canonical, the same in all
 * processes of the image: link-time addresses of its functions and vtables, 0 for an address that is none of them, and
 * bucketed sizes. Not thread-safe while it is changed.
 */
public final class ValueCounts implements ValueSink {
    private final Map<Integer, Map<Long, Long>> sites = new HashMap<>();

    /** No values at all. */
    public ValueCounts() {}

    /**
     * Adds an observation. Counts saturate.
     *
     * @param site the number of the site in the image, see {@link Image#valueSite}
     * @param value the canonical value
     * @param count how often; less than 0 to take away, also what comes only later
     */
    @Override
    public void add(int site, long value, long count) {
        sites.computeIfAbsent(site, number -> new LinkedHashMap<>()).merge(value, count, ValueCounts::sum);
    }

    private static Long sum(long a, long b) {
        long sum = CounterSum.saturatedSum(a, b);
        return sum == 0 ? null : (Long) sum;
    }

    /**
     * The histogram of a site.
     *
     * @param site the number of the site in the image
     * @return counts by value, in the order of their first observation; not to be changed
     */
    public Map<Long, Long> at(int site) {
        return sites.getOrDefault(site, Map.of());
    }

    /**
     * Whether nothing was observed.
     *
     * @return whether all sites are without values
     */
    public boolean isEmpty() {
        return sites.isEmpty();
    }

    /** The number of sites with more than some values. */
    int sitesOver(int values) {
        return (int) sites.values().stream()
                .filter(histogram -> histogram.size() > values)
                .count();
    }

    /** Adds all observations of another one. */
    void add(ValueCounts other) {
        other.sites.forEach((site, values) -> values.forEach((value, count) -> add(site, value, count)));
    }

    /** Takes away observations. */
    void subtract(ValueCounts other) {
        other.sites.forEach((site, values) -> values.forEach((value, count) -> add(site, value, -count)));
        sites.values().removeIf(Map::isEmpty);
    }

    /** What is served: without what is below 0. */
    ValueCounts clamped() {
        ValueCounts clamped = new ValueCounts();
        sites.forEach((site, values) -> values.forEach((value, count) -> {
            if (count > 0) {
                clamped.add(site, value, count);
            }
        }));
        return clamped;
    }

    ValueCounts copy() {
        ValueCounts copy = new ValueCounts();
        copy.add(this);
        return copy;
    }

    /** The sites that observed something, and what. */
    Map<Integer, Map<Long, Long>> sites() {
        return sites;
    }
}
