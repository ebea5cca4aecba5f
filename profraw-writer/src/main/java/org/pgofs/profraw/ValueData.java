package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
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

    /** Of all entries without values, in bytes. */
    private final long size;

    /** The entries for an image. */
    ValueData(Image image, RawLayout layout) {
        this.image = image;
        kinds = layout.valueKinds();
        functions = IntStream.range(0, image.functions())
                .filter(function -> sites(function) > 0)
                .toArray();
        size = Arrays.stream(functions).mapToLong(this::emptySize).sum();
    }

    /** The sites that the entries have, in their order. */
    IntStream sites() {
        return Arrays.stream(functions)
                .flatMap(function ->
                        IntStream.range(image.valueSite(function), image.valueSite(function) + sites(function)));
    }

    /** The size of all entries as long as there are no values, in bytes. */
    long size() {
        return size;
    }

    /** The size of all entries with values that fit, in bytes. */
    long size(ValueCounts fitting) {
        return size + PAIR * sites().mapToLong(fitting::count).sum();
    }

    /**
     * The entries with values.
     *
     * @param fitting of the image's sites, no more of each than an entry can have
     * @return from index 0 to the limit
     */
    ByteBuffer with(ValueCounts fitting) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size(fitting))).order(ByteOrder.LITTLE_ENDIAN);
        for (int function : functions) {
            putEntry(bytes, function, fitting);
        }
        return bytes.flip();
    }

    private int sites(int function) {
        int sites = 0;
        for (int kind = 0; kind < kinds; kind++) {
            sites += image.valueSites(function, KINDS[kind]);
        }
        return sites;
    }

    private long emptySize(int function) {
        long all = ENTRY_HEADER;
        for (int kind = 0; kind < kinds; kind++) {
            int sites = image.valueSites(function, KINDS[kind]);
            all += sites == 0 ? 0 : Section.padded(KIND_HEADER + sites);
        }
        return all;
    }

    private void putEntry(ByteBuffer entries, int function, ValueCounts values) {
        int begin = entries.position();
        entries.position(begin + ENTRY_HEADER);
        int site = image.valueSite(function);
        int used = 0;
        for (int kind = 0; kind < kinds; kind++) {
            int sites = image.valueSites(function, KINDS[kind]);
            if (sites > 0) {
                entries.putInt(kind).putInt(sites);
                putSites(entries, site, sites, values);
                site += sites;
                used++;
            }
        }
        entries.putInt(begin, entries.position() - begin).putInt(begin + Integer.BYTES, used);
    }

    private static void putSites(ByteBuffer entries, int firstSite, int sites, ValueCounts values) {
        int counts = entries.position();
        entries.position((int) (counts + Section.padded(sites)));
        for (int i = 0; i < sites; i++) {
            entries.put(counts + i, (byte) values.count(firstSite + i));
            values.forEach(firstSite + i, (site, value, count) -> entries.putLong(value)
                    .putLong(count));
        }
    }
}
