package org.pgofs.counters.counts;

import java.security.SecureRandom;
import java.util.Arrays;
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
    /** About how many bytes a value takes up: its entry, its slot, its place in the order, and room to grow. */
    static final int BYTES = 48;

    /**
     * What each value is charged for: at the worst moment, the commit of a take, there are the carry, the counts that are
     * taken, those that are served, the carry before and after, and the file that saves it.
     */
    static final int CHARGED_BYTES = 6 * BYTES;

    /** The same for each value of a last take: it is kept, and saved. */
    static final int TAKEN_BYTES = 2 * BYTES;

    /** How many values live processes may add; a whole compiler has fewer. */
    private static final long MOST_LIVE = 1 << 20;

    private static final int FIRST_ENTRIES = 8;
    private static final long ODD = 0x9E3779B97F4A7C15L;

    /** Programs choose the values: without it they could choose such that fall into one slot. */
    private static final long SECRET = new SecureRandom().nextLong();

    // The entries, in the order in which they were observed. Those that were subtracted have the count 0.
    private int[] sites = {};
    private long[] values = {};
    private long[] counts = {};
    private int used;
    private int zeros;

    /** Open addressing by site and value: the number of the entry and 1, or 0. At least one slot is free. */
    private int[] slots = {0};

    /** The numbers of the entries in the order of their sites; null while it is not known. */
    private volatile int[] bySite;

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
        return (long) used - zeros;
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
        int slot = slot(site, value);
        int entry = slots[slot] - 1;
        if (entry >= 0 && counts[entry] != 0) {
            change(entry, Saturated.sum(counts[entry], count));
        } else if (room <= 0 && count >= 0) {
            full = true;
        } else if (entry >= 0) {
            change(entry, count);
        } else if (count != 0) {
            append(slot, site, value, count);
            room--;
        }
    }

    private void change(int entry, long count) {
        int gone = (count == 0 ? 1 : 0) - (counts[entry] == 0 ? 1 : 0);
        zeros += gone;
        room += gone;
        counts[entry] = count;
    }

    private void append(int slot, int site, long value, long count) {
        int at = slot;
        if (used == sites.length) {
            makeRoom();
            at = slot(site, value);
        }
        sites[used] = site;
        values[used] = value;
        counts[used] = count;
        slots[at] = ++used;
        if (bySite != null) {
            bySite = null;
        }
    }

    /** Drops the entries of 0, or grows. All memory is there before anything changes. */
    private void makeRoom() {
        int capacity = Math.max(FIRST_ENTRIES, zeros > used / 4 ? used : Math.addExact(used, used / 2));
        int[] newSites = new int[capacity];
        long[] newValues = new long[capacity];
        long[] newCounts = new long[capacity];
        int[] newSlots = new int[Integer.highestOneBit(capacity - 1) * 4];
        int kept = 0;
        for (int i = 0; i < used; i++) {
            if (counts[i] != 0) {
                newSites[kept] = sites[i];
                newValues[kept] = values[i];
                newCounts[kept] = counts[i];
                kept++;
            }
        }
        sites = newSites;
        values = newValues;
        counts = newCounts;
        slots = newSlots;
        used = kept;
        zeros = 0;
        bySite = null;
        for (int i = 0; i < used; i++) {
            slots[slot(sites[i], values[i])] = i + 1;
        }
    }

    /** The slot of a value, or the free one in which it would be. */
    private int slot(int site, long value) {
        int mask = slots.length - 1;
        int slot = hash(site, value) & mask;
        while (slots[slot] != 0 && (sites[slots[slot] - 1] != site || values[slots[slot] - 1] != value)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static int hash(int site, long value) {
        long mixed = (value ^ SECRET) * ODD + site;
        mixed = (mixed ^ (mixed >>> 32)) * ODD;
        return (int) (mixed ^ (mixed >>> 32));
    }

    /**
     * The histogram of a site.
     *
     * @param site the number of the site in the image
     * @return counts by value, in the order of their first observation; a map of the caller's own
     */
    public Map<Long, Long> at(int site) {
        Map<Long, Long> histogram = new LinkedHashMap<>();
        forEach(site, (same, value, count) -> histogram.put(value, count));
        return histogram;
    }

    /**
     * The number of values of a site.
     *
     * @param site the number of the site in the image
     * @return 0 or more
     */
    public int count(int site) {
        int[] order = bySite();
        int size = 0;
        for (int i = firstOf(order, site); i < order.length && sites[order[i]] == site; i++) {
            size += counts[order[i]] != 0 ? 1 : 0;
        }
        return size;
    }

    /**
     * Whether some sites have values.
     *
     * @param begin the number of the first of them in the image
     * @param end the number of the first one behind them
     * @return whether any of them has one
     */
    public boolean isAnyOf(int begin, int end) {
        if (used == 0 || begin == end) {
            return false;
        }
        int[] order = bySite();
        for (int i = firstOf(order, begin); i < order.length && sites[order[i]] < end; i++) {
            if (counts[order[i]] != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Passes on the observations of a site, in the order of their first ones.
     *
     * @param site the number of the site in the image
     * @param sink to which they go
     */
    public void forEach(int site, ValueSink sink) {
        int[] order = bySite();
        for (int i = firstOf(order, site); i < order.length && sites[order[i]] == site; i++) {
            if (counts[order[i]] != 0) {
                sink.add(site, values[order[i]], counts[order[i]]);
            }
        }
    }

    /** Whether more was subtracted of some value than was added. */
    boolean isBelowZero() {
        return Arrays.stream(counts, 0, used).anyMatch(count -> count < 0);
    }

    /** Whether nothing was observed. */
    public boolean isEmpty() {
        return size() == 0;
    }

    /** The number of sites with more than some values. */
    public int sitesOver(int most) {
        int over = 0;
        int[] order = bySite();
        int i = 0;
        while (i < order.length) {
            int site = sites[order[i]];
            int size = 0;
            for (; i < order.length && sites[order[i]] == site; i++) {
                size += counts[order[i]] != 0 ? 1 : 0;
            }
            over += size > most ? 1 : 0;
        }
        return over;
    }

    private int[] bySite() {
        int[] known = bySite;
        if (known == null) {
            long[] sorted = new long[used];
            for (int i = 0; i < used; i++) {
                sorted[i] = (long) sites[i] << Integer.SIZE | i;
            }
            Arrays.sort(sorted);
            known = new int[used];
            for (int i = 0; i < used; i++) {
                known[i] = (int) sorted[i];
            }
            bySite = known;
        }
        return known;
    }

    private int firstOf(int[] order, int site) {
        int begin = 0;
        int end = order.length;
        while (begin < end) {
            int middle = (begin + end) >>> 1;
            if (sites[order[middle]] < site) {
                begin = middle + 1;
            } else {
                end = middle;
            }
        }
        return begin;
    }

    /** Adds all observations of another one. */
    void add(ValueCounts other) {
        other.forEach(this);
    }

    /** Adds all observations of another one, except values for which there is no memory. */
    void addIfPossible(ValueCounts other) {
        try {
            add(other);
        } catch (OutOfMemoryError e) {
            full = true;
        }
    }

    /** Raises each count to that of another one, if that is higher. */
    void raiseTo(ValueCounts other) {
        other.forEach((site, value, count) -> {
            int entry = slots[slot(site, value)] - 1;
            long before = entry < 0 ? 0 : counts[entry];
            if (count > before) {
                add(site, value, count - before);
            }
        });
    }

    /** Subtracts observations. */
    public void subtract(ValueCounts other) {
        other.forEach((site, value, count) -> add(site, value, -count));
    }

    /** These values, without those that are served but left out of the part that was delivered. */
    public ValueCounts delivered(ValueCounts part) {
        ValueCounts delivered = new ValueCounts();
        forEach((site, value, count) -> {
            if (count <= 0 || part.contains(site, value)) {
                delivered.add(site, value, count);
            }
        });
        return delivered;
    }

    private boolean contains(int site, long value) {
        int entry = slots[slot(site, value)] - 1;
        return entry >= 0 && counts[entry] != 0;
    }

    /** The values that are served: those with counts above 0. */
    ValueCounts clamped() {
        ValueCounts clamped = new ValueCounts();
        forEach((site, value, count) -> {
            if (count > 0) {
                clamped.add(site, value, count);
            }
        });
        return clamped;
    }

    public ValueCounts copy() {
        ValueCounts copy = new ValueCounts();
        copy.add(this);
        return copy;
    }

    /**
     * Passes on all observations, in the order of their first ones.
     *
     * @param sink to which they go
     */
    public void forEach(ValueSink sink) {
        for (int i = 0; i < used; i++) {
            if (counts[i] != 0) {
                sink.add(sites[i], values[i], counts[i]);
            }
        }
    }
}
