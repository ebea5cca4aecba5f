package org.pgofs.profraw;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.image.Image;

/**
 * The value data of a profile: one entry for every function with value sites, in the order of the records. Immutable.
 *
 * <pre>
 *   u32 size of the entry in bytes, u32 number of value kinds
 *   for every kind that has sites, ascending:
 *     u32 kind, u32 number of sites
 *     u8 number of values, for each site; zeros to a multiple of 8
 *     u64 value, u64 count, for each value of each site
 * </pre>
 *
 * The values of a site have the order of their first observation, as the compilers' runtimes write them.
 */
final class ValueData {
    private static final ValueKind[] KINDS = ValueKind.values();
    private static final int ENTRY_HEADER = 2 * Integer.BYTES;
    private static final int KIND_HEADER = 2 * Integer.BYTES;
    /** The size of a value and its count, in bytes. */
    static final int PAIR = 2 * Long.BYTES;

    private final Image image;
    private final int kinds;
    /** The functions that have an entry. */
    private final int[] functions;

    private final ValueCounts values;
    /** Where the entries begin, in bytes from the first one; at the end the size of them all. */
    private final long[] begins;

    /** Entries without values. */
    ValueData(Image image, RawLayout layout) {
        this.image = image;
        kinds = layout.valueKinds();
        functions = IntStream.range(0, image.functions())
                .filter(function -> sites(function) > 0)
                .toArray();
        values = new ValueCounts();
        begins = begins();
    }

    private ValueData(ValueData empty, ValueCounts values) {
        image = empty.image;
        kinds = empty.kinds;
        functions = empty.functions;
        this.values = values;
        begins = begins();
    }

    /**
     * The entries with values.
     *
     * @param fitting of the image's sites, no more of each than an entry can have; not to be changed any more
     */
    ValueData with(ValueCounts fitting) {
        return fitting.isEmpty() ? this : new ValueData(this, fitting);
    }

    /** The sites that the entries have, in their order. */
    IntStream sites() {
        return Arrays.stream(functions)
                .flatMap(function ->
                        IntStream.range(image.valueSite(function), image.valueSite(function) + sites(function)));
    }

    /** The size of all entries, in bytes. */
    long size() {
        return begins[functions.length];
    }

    /** Puts the entries that meet the window, the first one being at {@code at}. */
    void put(ByteWindow window, long at) {
        int found = Arrays.binarySearch(begins, window.begin() - at);
        int entry = found >= 0 ? found : Math.max(0, -found - 2);
        for (; entry < functions.length && at + begins[entry] < window.end(); entry++) {
            putEntry(window, at + begins[entry], functions[entry]);
        }
    }

    private int sites(int function) {
        int sites = 0;
        for (int kind = 0; kind < kinds; kind++) {
            sites += image.valueSites(function, KINDS[kind]);
        }
        return sites;
    }

    private long[] begins() {
        long[] all = new long[functions.length + 1];
        for (int entry = 0; entry < functions.length; entry++) {
            all[entry + 1] = all[entry] + entrySize(functions[entry]);
        }
        return all;
    }

    private long entrySize(int function) {
        long size = ENTRY_HEADER;
        int site = image.valueSite(function);
        for (int kind = 0; kind < kinds; kind++) {
            int sites = image.valueSites(function, KINDS[kind]);
            size += kindSize(sites);
            for (int i = 0; i < sites; i++) {
                size += (long) PAIR * values.at(site++).size();
            }
        }
        return size;
    }

    /** The size before the values. */
    private static long kindSize(int sites) {
        return sites == 0 ? 0 : Section.padded(KIND_HEADER + sites);
    }

    private void putEntry(ByteWindow window, long begin, int function) {
        long at = begin + ENTRY_HEADER;
        int site = image.valueSite(function);
        int used = 0;
        for (int kind = 0; kind < kinds; kind++) {
            int sites = image.valueSites(function, KINDS[kind]);
            if (sites > 0) {
                window.putInt(at, kind);
                window.putInt(at + Integer.BYTES, sites);
                at = putSites(window, at + KIND_HEADER, site, sites);
                site += sites;
                used++;
            }
        }
        window.putInt(begin, (int) (at - begin));
        window.putInt(begin + Integer.BYTES, used);
    }

    /** Puts the numbers of values and the values; returns where they end. */
    private long putSites(ByteWindow window, long begin, int firstSite, int sites) {
        long at = begin + Section.padded(sites);
        window.putZeros(begin + sites, at);
        for (int i = 0; i < sites; i++) {
            Map<Long, Long> histogram = values.at(firstSite + i);
            window.putByte(begin + i, (byte) histogram.size());
            at = putPairs(window, at, histogram);
        }
        return at;
    }

    private static long putPairs(ByteWindow window, long begin, Map<Long, Long> histogram) {
        long end = begin + (long) PAIR * histogram.size();
        if (begin < window.end() && end > window.begin()) {
            long at = begin;
            for (Map.Entry<Long, Long> pair : histogram.entrySet()) {
                window.putLong(at, pair.getKey());
                window.putLong(at + Long.BYTES, pair.getValue());
                at += PAIR;
            }
        }
        return end;
    }
}
