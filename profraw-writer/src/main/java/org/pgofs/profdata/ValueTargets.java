package org.pgofs.profdata;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.image.Image;

/** What the values of an image are called in an indexed profile: targets by the hashes of their names. Immutable. */
public final class ValueTargets {
    private static final int VTABLE_ADDRESS = 8;
    private static final int VTABLE_BYTES = 16;

    /** By address; of several at one address the least. */
    private final Map<Long, Long> functions = new HashMap<>();

    private final Vtable[] vtables;

    private record Vtable(long begin, long size, long name) {}

    /**
     * What the values of an image are called.
     *
     * @param image with the addresses that the values have
     */
    public ValueTargets(Image image) {
        for (int function = 0; function < image.functions(); function++) {
            if (image.address(function) != 0) {
                functions.merge(image.address(function), image.nameRef(function), ValueTargets::lesser);
            }
        }
        ByteBuffer all = image.vtables();
        vtables = new Vtable[all.remaining() / ImageLayout.VTABLE_SIZE];
        for (int i = 0; i < vtables.length; i++) {
            int at = i * ImageLayout.VTABLE_SIZE;
            vtables[i] = new Vtable(
                    all.getLong(at + VTABLE_ADDRESS),
                    Integer.toUnsignedLong(all.getInt(at + VTABLE_BYTES)),
                    all.getLong(at));
        }
        Arrays.sort(vtables, Comparator.comparingLong(vtable -> vtable.begin + Long.MIN_VALUE));
    }

    private static long lesser(long a, long b) {
        return Long.compareUnsigned(a, b) <= 0 ? a : b;
    }

    /**
     * The value as a profile has it.
     *
     * @param kind of the site
     * @param value that was observed there
     * @return the hash of the name of a function or vtable, 0 for one that is none of the image's; a size as it is
     */
    public long of(ValueKind kind, long value) {
        return switch (kind) {
            case INDIRECT_CALL_TARGET -> functions.getOrDefault(value, 0L);
            case MEMOP_SIZE -> value;
            case VTABLE_TARGET -> vtable(value);
        };
    }

    /** The last vtable that begins up to an address, if it reaches to it. */
    private long vtable(long address) {
        int low = 0;
        int high = vtables.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(vtables[middle].begin, address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        boolean found = low > 0 && Long.compareUnsigned(address - vtables[low - 1].begin, vtables[low - 1].size) < 0;
        return found ? vtables[low - 1].name : 0;
    }
}
