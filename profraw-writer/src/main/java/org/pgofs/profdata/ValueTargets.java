package org.pgofs.profdata;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.image.Image;

/** What the values of an image are called in an indexed profile: targets by the hashes of their names. Immutable. */
public final class ValueTargets {
    private static final int VTABLE_ADDRESS = 8;
    private static final int VTABLE_BYTES = 16;

    /** Some of the addresses of functions, and others. */
    private final LongIds addresses;
    /** Of each the name of the function that is there, of several the least; 0 if there is none. */
    private final long[] names;

    private final Vtable[] vtables;

    private record Vtable(long begin, long size, long name) {}

    /**
     * What the values of an image are called.
     *
     * @param image with the addresses that the values have
     */
    public ValueTargets(Image image) {
        this(image, addresses(image));
    }

    private ValueTargets(Image image, LongIds addresses) {
        this.addresses = addresses;
        names = new long[addresses.size()];
        for (int function = 0; function < image.functions(); function++) {
            int found = image.address(function) == 0 ? -1 : addresses.find(image.address(function));
            if (found >= 0) {
                long name = image.nameRef(function);
                names[found] = names[found] == 0 ? name : lesser(names[found], name);
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

    /** What the values are called that were observed: it takes no memory for other functions. */
    static ValueTargets of(Snapshot snapshot) {
        LongIds observed = new LongIds(Math.toIntExact(snapshot.values().size()));
        snapshot.values().forEach((site, value, count) -> observed.add(value));
        return new ValueTargets(snapshot.image(), observed);
    }

    private static LongIds addresses(Image image) {
        LongIds addresses = new LongIds(image.functions());
        for (int function = 0; function < image.functions(); function++) {
            addresses.add(image.address(function));
        }
        return addresses;
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
            case INDIRECT_CALL_TARGET -> function(value);
            case MEMOP_SIZE -> value;
            case VTABLE_TARGET -> vtable(value);
        };
    }

    private long function(long address) {
        int found = addresses.find(address);
        return found < 0 ? 0 : names[found];
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
