package org.pgofs.counters.counts;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pgofs.counters.format.Saturated;
import org.pgofs.counters.image.Image;

/**
 * What the value sites of an image observed: for each site a histogram of values. Values are canonical, the same in all
 * processes of the image: link-time addresses of its functions and vtables, 0 for an address that is none of them, and
 * bucketed sizes. Not thread-safe while it is changed.
 */
public final class ValueCounts implements ValueSink {
    /** About how many bytes a value of a site takes up. */
    static final int PAIR_BYTES = 128;

    /** How many values of sites live processes may add; those of a whole compiler are fewer. */
    private static final long MOST_LIVE = 1 << 20;

    private final Map<Integer, Map<Long, Long>> sites = new HashMap<>();
    private long size;
    private long room = Long.MAX_VALUE;
    private boolean full;

    /** No values at all. */
    public ValueCounts() {}

    /** For what live processes observed: whoever writes the values invents as many as there is memory. */
    static ValueCounts ofLive() {
        ValueCounts values = new ValueCounts();
        values.setRoom(MOST_LIVE);
        return values;
    }

    /** How many more values of sites are kept; of the others the counts are left out. */
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

    /** Whether something was left out because there was no room. */
    public boolean isFull() {
        return full;
    }

    /**
     * Adds an observation. Counts saturate.
     *
     * @param site the number of the site in the image, see {@link Image#valueSite}
     * @param value the canonical value
     * @param count how often; less than 0 to take away, also what comes only later
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

    /** The same; what there is no memory for is left out. */
    void addIfPossible(ValueCounts other) {
        try {
            add(other);
        } catch (OutOfMemoryError e) {
            full = true;
        }
    }

    /** Takes away observations. */
    public void subtract(ValueCounts other) {
        other.sites.forEach((site, values) -> values.forEach((value, count) -> add(site, value, -count)));
        sites.values().removeIf(Map::isEmpty);
    }

    /** Without what was left out when a part of it was delivered; what is not above 0 is never delivered. */
    public ValueCounts delivered(ValueCounts part) {
        ValueCounts delivered = new ValueCounts();
        sites.forEach((site, values) -> values.forEach((value, count) -> {
            if (count <= 0 || part.at(site).containsKey(value)) {
                delivered.add(site, value, count);
            }
        }));
        return delivered;
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

    public ValueCounts copy() {
        ValueCounts copy = new ValueCounts();
        copy.add(this);
        return copy;
    }

    /** The sites that observed something, and what. */
    public Map<Integer, Map<Long, Long>> sites() {
        return sites;
    }
}
