package org.pgofs.profraw;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.pgofs.counters.Image;
import org.pgofs.counters.ValueKind;

/**
 * The value data of a profile: one entry for every function with value sites, in the order of the records. An entry
 * starts with its size in bytes (u32) and the number of its value kinds (u32). Then, for every kind that has sites, come
 * the kind (u32), the number of its sites (u32), for each site the number of its values (u8), zeros to a multiple of 8,
 * and the values. No value is known yet, so all numbers of values are 0; offsets and entries are made here and nowhere
 * else.
 */
final class ValueData {
    private static final ValueKind[] KINDS = ValueKind.values();
    private static final int ENTRY_HEADER = 2 * Integer.BYTES;
    private static final int KIND_HEADER = 2 * Integer.BYTES;

    private final Image image;
    private final int kinds;
    /** The functions that have an entry. */
    private final int[] functions;
    /** Where the entries begin, in bytes from the first one; at the end the size of them all. */
    private final long[] begins;

    ValueData(Image image, RawLayout layout) {
        this.image = image;
        kinds = layout.valueKinds();
        functions = IntStream.range(0, image.functions())
                .filter(function -> entrySize(function) > ENTRY_HEADER)
                .toArray();
        begins = new long[functions.length + 1];
        for (int entry = 0; entry < functions.length; entry++) {
            begins[entry + 1] = begins[entry] + entrySize(functions[entry]);
        }
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

    private int entrySize(int function) {
        int size = ENTRY_HEADER;
        for (int kind = 0; kind < kinds; kind++) {
            size += kindSize(image.valueSites(function, KINDS[kind]));
        }
        return size;
    }

    private static int kindSize(int sites) {
        return sites == 0 ? 0 : (int) Section.padded(KIND_HEADER + sites);
    }

    private void putEntry(ByteWindow window, long begin, int function) {
        long at = begin + ENTRY_HEADER;
        int used = 0;
        for (int kind = 0; kind < kinds; kind++) {
            int sites = image.valueSites(function, KINDS[kind]);
            if (sites > 0) {
                long next = at + kindSize(sites);
                window.putInt(at, kind);
                window.putInt(at + Integer.BYTES, sites);
                window.putZeros(at + KIND_HEADER, next);
                at = next;
                used++;
            }
        }
        window.putInt(begin, (int) (at - begin));
        window.putInt(begin + Integer.BYTES, used);
    }
}
