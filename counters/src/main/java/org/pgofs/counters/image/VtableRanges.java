package org.pgofs.counters.image;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pgofs.counters.format.ImageLayout;

/** Tells which addresses lie in a vtable; an image may have very many, and they may overlap. Immutable. */
final class VtableRanges {
    /** Bytes that are kept for each vtable. */
    static final long KEPT = 2 * Long.BYTES;

    private static final int ADDRESS = 8;
    private static final int BYTES = 16;

    /** XOR with this turns the order of unsigned addresses into that of signed numbers. */
    private static final long SIGN = Long.MIN_VALUE;

    // Both arrays ascend: an address lies in as many vtables as begin at or before it, less those that end by then.
    private final long[] begins;
    private final long[] ends;

    /**
     * The vtables of an image.
     *
     * @param vtables as {@link Image#vtables} has them
     */
    VtableRanges(ByteBuffer vtables) {
        begins = new long[vtables.limit() / ImageLayout.VTABLE_SIZE];
        long[] all = new long[begins.length];
        int ending = 0;
        for (int i = 0; i < begins.length; i++) {
            int at = i * ImageLayout.VTABLE_SIZE;
            long begin = vtables.getLong(at + ADDRESS);
            long end = begin + Integer.toUnsignedLong(vtables.getInt(at + BYTES));
            begins[i] = begin ^ SIGN;
            if (Long.compareUnsigned(begin, end) <= 0) { // otherwise it would end after the last address
                all[ending++] = end ^ SIGN;
            }
        }
        ends = Arrays.copyOf(all, ending);
        Arrays.sort(begins);
        Arrays.sort(ends);
    }

    boolean has(long address) {
        return upTo(begins, address ^ SIGN) > upTo(ends, address ^ SIGN);
    }

    /** How many of some ascending numbers are at most as large as another one. */
    private static int upTo(long[] ascending, long number) {
        int low = 0;
        int high = ascending.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending[middle] <= number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
