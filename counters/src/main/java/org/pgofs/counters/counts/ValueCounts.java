package org.pgofs.counters.counts;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pgofs.counters.format.Saturated;
import org.pgofs.counters.image.Image;

/**
 * The observed values of an image: for each value site a histogram. Values are canonical, the same in all
 * processes of the image: link-time addresses of its functions and vtables, 0 for an address that is none of them, and
 * bucketed sizes. Not thread-safe while it is changed.
 */
public final class ValueCounts implements ValueSink {
    /** About how many bytes a value of a site takes up. */
    static final int PAIR_BYTES = 128;

    /** How many values live processes may add; a whole compiler has fewer. */
    private static final long MOST_LIVE = 1 << 20;

    private final Map<Integer, Map<Long, Long>> sites = new HashMap<>();
    private long size;
    private long room = Long.MAX_VALUE;
    private boolean full;

    /** No values at all. */
    public ValueCounts() {}

    /** For the values of live processes. It is bounded, since a hostile process could invent values without end. */
    static ValueCounts ofLive() {
        ValueCounts values = new ValueCounts();
        values.setRoom(MOST_LIVE);
        return values;
    }

    /** Sets how many more values are kept; further ones are left out. */
    void setRoom(long values) {
        room = values;
    }

    /**
     * The number of values of all sites.
     *
     * @return 0 or more
     */
    public long size() {
        return size;
    }

    /** Whether values were left out for lack of room. */
    public boolean isFull() {
        return full;
    }

    /**
     * Adds an observation. Counts saturate.
     *
     * @param site the number of the site in the image, see {@link Image#valueSite}
     * @param value the canonical value
     * @param count how often; less than 0 subtracts, even if the value has not been added yet
     */
    @Override
    public void add(int site, long value, long count) {
        Map<Long, Long> values = sites.getOrDefault(site, Map.of());
        Long held = values.get(value);
        if (held != null) {
            replace(values, value, Saturated.sum(held, count));
        } else if (room > 0 || count < 0) {
            sites.computeIfAbsent(site, number -> new LinkedHashMap<>()).put(value, count);
            size++;
            room--;
        } else {
            full = true;
        }
    }

    private void replace(Map<Long, Long> values, long value, long count) {
        if (count == 0) {
            values.remove(value);
            size--;
            room++;
        } else {
            values.put(value, count);
        }
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
    public int sitesOver(int values) {
        return (int) sites.values().stream()
                .filter(histogram -> histogram.size() > values)
                .count();
    }

    /** Adds all observations of another one. */
    void add(ValueCounts other) {
        other.sites.forEach((site, values) -> values.forEach((value, count) -> add(site, value, count)));
    }

    /** Adds all observations of another one, except values for which there is no memory. */
    void addIfPossible(ValueCounts other) {
        try {
            add(other);
        } catch (OutOfMemoryError e) {
            full = true;
        }
    }

    /** Subtracts observations. */
    public void subtract(ValueCounts other) {
        other.sites.forEach((site, values) -> values.forEach((value, count) -> add(site, value, -count)));
        sites.values().removeIf(Map::isEmpty);
    }

    /** These values, without those that are served but left out of the part that was delivered. */
    public ValueCounts delivered(ValueCounts part) {
        ValueCounts delivered = new ValueCounts();
        sites.forEach((site, values) -> values.forEach((value, count) -> {
            if (count <= 0 || part.at(site).containsKey(value)) {
                delivered.add(site, value, count);
            }
        }));
        return delivered;
    }

    /** The values that are served: those with counts above 0. */
    ValueCounts clamped() {
        ValueCounts clamped = new ValueCounts();
        sites.forEach((site, values) -> values.forEach((value, count) -> {
            if (count > 0) {
                clamped.add(site, value, count);
            }
        }));
        return clamped;
    }

    public ValueCounts copy() {
        ValueCounts copy = new ValueCounts();
        copy.add(this);
        return copy;
    }

    /** The histograms of all sites that have values, by site. */
    public Map<Integer, Map<Long, Long>> sites() {
        return sites;
    }
}
