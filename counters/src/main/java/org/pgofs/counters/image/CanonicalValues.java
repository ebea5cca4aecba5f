package org.pgofs.counters.image;

import java.util.Arrays;
import org.pgofs.counters.format.ValueKind;

/**
 * Makes the values that the processes of an image observe comparable. Whatever the input, the result is an address of
 * the image, a bucket of sizes, or an {@link #EXTERNAL} address. Immutable.
 */
public final class CanonicalValues {
    /**
     * Marks a value outside the image. To it are added the bits of the address that are the same in all processes.
     * llvm-profdata takes each such value for an external symbol. No address of a record is as high.
     */
    public static final long EXTERNAL = 1L << 61;

    /** The bits of an address that are the offset in its page. */
    private static final long IN_PAGE = 0xfff;

    private static final int LAST_EXACT_SIZE = 8;
    private static final int LARGE_SIZE = 513;

    /** The kind of each site, by its number; arbitrary for sites that no record has. */
    private final byte[] kinds;

    private final long[] functions;
    private final VtableRanges vtables;

    CanonicalValues(Image image, int sites) {
        kinds = new byte[sites];
        for (int function = 0; function < image.functions(); function++) {
            int site = image.valueSite(function);
            for (ValueKind kind : ValueKind.values()) {
                int count = image.valueSites(function, kind);
                if (count > 0) { // without sites, the number of the first one is arbitrary
                    Arrays.fill(kinds, site, site + count, (byte) kind.number());
                    site += count;
                }
            }
        }
        functions = new long[image.functions()];
        Arrays.setAll(functions, image::address);
        Arrays.sort(functions);
        vtables = new VtableRanges(image.vtables());
    }

    /** The number of value sites of the image. */
    public int sites() {
        return kinds.length;
    }

    /**
     * The canonical form of a value.
     *
     * @param site where it was observed
     * @param value run-time address or size
     * @param linkTimes of the process
     */
    public long of(int site, long value, LinkTimes linkTimes) {
        if (kinds[site] == ValueKind.MEMOP_SIZE.number()) {
            return bucket(value);
        }
        long linked = linkTimes.of(value);
        boolean known = kinds[site] == ValueKind.VTABLE_TARGET.number()
                ? vtables.has(linked)
                : Arrays.binarySearch(functions, linked) >= 0;
        return known ? linked : external(value);
    }

    /** The canonical form of an address that is none of the image's. */
    static long external(long address) {
        return EXTERNAL | (address & IN_PAGE);
    }

    /**
     * The bucket of a size: sizes up to 8 and powers of two themselves; for others, the next lower power of two plus
     * one.
     */
    static long bucket(long size) {
        if (Long.compareUnsigned(size, LAST_EXACT_SIZE) <= 0) {
            return size;
        }
        if (Long.compareUnsigned(size, LARGE_SIZE) >= 0) {
            return LARGE_SIZE;
        }
        long power = Long.highestOneBit(size);
        return size == power ? size : power + 1;
    }
}
