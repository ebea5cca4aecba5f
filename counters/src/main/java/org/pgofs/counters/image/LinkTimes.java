package org.pgofs.counters.image;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import org.pgofs.counters.format.RelocatedLayout;

/**
 * Makes run-time addresses of a process link-time addresses of its image: by how far the image was moved, but for what
 * the dynamic linker took from other images ({@link RelocatedLayout}). Immutable.
 */
public final class LinkTimes {
    private final long loadBias;
    /** By address, unsigned. */
    private final Relocated[] relocated;

    private record Relocated(long address, long linked, long size) {}

    /** Of an image that has all its functions and vtables itself. */
    public LinkTimes(long loadBias) {
        this.loadBias = loadBias;
        relocated = new Relocated[0];
    }

    /**
     * Of one that has not.
     *
     * @param entries as the segment has them, whatever they say
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
