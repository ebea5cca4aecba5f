package org.pgofs.counters.image;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import org.pgofs.counters.format.RelocatedLayout;

/**
 * Converts run-time addresses of a process to link-time addresses of its image. It subtracts the distance by which the
 * image was moved, except for functions and vtables that the dynamic linker chose from other images
 * ({@link RelocatedLayout}). Immutable.
 */
public final class LinkTimes {
    private final long loadBias;
    /** Sorted by address, unsigned. */
    private final Relocated[] relocated;

    private record Relocated(long address, long linked, long size) {}

    /** For a process in which all functions and vtables are the image's own. */
    public LinkTimes(long loadBias) {
        this.loadBias = loadBias;
        relocated = new Relocated[0];
    }

    /**
     * For a process in which some are those of other images.
     *
     * @param entries as the segment has them, with any content
     */
    public LinkTimes(long loadBias, ByteBuffer entries) {
        this.loadBias = loadBias;
        relocated = new Relocated[entries.limit() / RelocatedLayout.SIZE];
        Arrays.setAll(relocated, i -> {
            int at = i * RelocatedLayout.SIZE;
            return new Relocated(
                    entries.getLong(at + RelocatedLayout.ADDRESS),
                    entries.getLong(at + RelocatedLayout.LINKED),
                    entries.getLong(at + RelocatedLayout.BYTES));
        });
        Arrays.sort(relocated, Comparator.comparingLong(entry -> entry.address + Long.MIN_VALUE));
    }

    /** The link-time address of a run-time address, which may be anything. */
    public long of(long address) {
        int low = 0;
        int high = relocated.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(relocated[middle].address, address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low > 0) {
            Relocated last = relocated[low - 1];
            long offset = address - last.address;
            if (Long.compareUnsigned(offset, last.size) < 0) {
                return last.linked + offset;
            }
        }
        return address - loadBias;
    }
}
