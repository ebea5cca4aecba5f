package org.pgofs.profdata.format;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;

/**
 * One version of the indexed profile format (LLVM's {@code InstrProf.h}, namespace {@code IndexedInstrProf}). A reader takes
 * every version up to its own: 7 is that of LLVM 14, 9 of 16, 12 of 19 to 21, 13 of 22, 14 of 23.
 *
 * <pre>
 *   +--------------------+  0
 *   | header             |  magic, version, 0, kind of hash, offset of the bucket table;
 *   |                    |  offsets of MemProf (8 on), binary ids (9 on), traces (10 on), vtable names (12 on)
 *   +--------------------+
 *   | summary            |  of the functions that are not context sensitive
 *   +--------------------+
 *   | summary            |  of those that are; only in context sensitive profiles
 *   +--------------------+
 *   | chains             |  of each bucket that has any: u16 number of names; of each name u64 hash, u64 size of the
 *   |                    |  name, u64 size of the data, name, data; zeros to a multiple of 8
 *   +--------------------+
 *   | bucket table       |  u64 number of buckets, u64 number of names, u64 offset of each chain or 0
 *   +--------------------+
 *   | binary ids         |  9 on: u64 size of all; of each u64 length, bytes, zeros to a multiple of 8
 *   +--------------------+
 *   | vtable names       |  12 on: u64 size, bytes, zeros to a multiple of 8; never written here
 *   +--------------------+
 *   | traces             |  10 on, in temporal profiles
 *   +--------------------+
 *
 *   data of a name, for each function hash that it has:
 *     u64 function hash, u64 number of counters, u64 each counter
 *     u64 number of bitmap bytes, u64 each byte                       11 on
 *     u64 number of uniformity bytes: 0                               14 on
 *     u32 size of the value data, u32 number of value kinds; of each kind that has sites
 *       u32 kind, u32 number of sites, u8 number of values of each site, zeros to a multiple of 8
 *       u64 value, u64 count, of each value
 * </pre>
 *
 * All numbers are little-endian. Functions and vtables among the values are the hashes of their names, 0 for one that is
 * none of the image's.
 */
public final class IndexedLayout {
    /** How every indexed profile begins. */
    public static final long MAGIC = 0x8169_666f_7270_6cffL;

    /** The first version that is read and written. */
    public static final int FIRST = 5;

    /** The last version that is read and written. */
    public static final int LAST = 14;

    /** Written for all that the optimiser instrumented, but for what is newer: every clang from 14 on reads it. */
    private static final int USUAL = 7;

    private static final int MEMPROF_SINCE = 8;
    private static final int BINARY_IDS_SINCE = 9;
    private static final int TRACES_SINCE = 10;
    private static final int BITMAPS_SINCE = 11;
    private static final int VTABLES_SINCE = 12;
    private static final int UNIFORMITY_SINCE = 14;

    /** The first raw versions of which clang 18, 19 and 23 are. */
    private static final int RAW_OF_18 = 9;

    private static final int RAW_OF_19 = 10;
    private static final int RAW_OF_23 = 11;
    private static final long LOOP_ENTRIES = 1L << 55;

    private final int number;

    private IndexedLayout(int number) {
        this.number = number;
    }

    /**
     * The layout of a version.
     *
     * @param number 5 to 14
     * @return its layout
     * @throws IllegalArgumentException if it is another one; the message names it
     */
    public static IndexedLayout of(int number) {
        if (number < FIRST || number > LAST) {
            throw new IllegalArgumentException(
                    "indexed version " + number + " is not known: give one from " + FIRST + " to " + LAST);
        }
        return new IndexedLayout(number);
    }

    /**
     * The lowest version that has room for all of some images, and whose readers take the functions' hashes for what they
     * are. Of a front end with raw version 10 it is that of clang 19 to 21: nothing in a program tells them from clang 22,
     * which needs 13.
     *
     * @param images the images, of one variant
     * @return the layout; without images that of version 7
     */
    public static IndexedLayout lowest(Collection<? extends Image> images) {
        return new IndexedLayout(
                images.stream().mapToInt(IndexedLayout::lowest).max().orElse(USUAL));
    }

    private static int lowest(Image image) {
        int raw = Variant.version(image.rawVersion());
        boolean frontEnd = (image.rawVersion() & Variant.IR) == 0;
        int number = Math.max(firstFor(image), raw < USUAL ? FIRST : USUAL);
        if (frontEnd || image.bitmapsSize() > 0) {
            number = Math.max(
                    number,
                    raw >= RAW_OF_23 ? 13 : raw == RAW_OF_19 ? VTABLES_SINCE : raw == RAW_OF_18 ? BITMAPS_SINCE : 0);
        }
        return hasVtables(image) ? Math.max(number, VTABLES_SINCE) : number;
    }

    /**
     * The layout of the lowest version from one on whose readers know how some images were instrumented. {@link #leavesOut}
     * tells what is lost.
     *
     * @param number the version wanted
     * @param images the images
     * @return the layout
     * @throws IllegalArgumentException as {@link #of} says
     */
    public static IndexedLayout atLeast(int number, Collection<? extends Image> images) {
        return of(images.stream().mapToInt(IndexedLayout::firstFor).reduce(number, Math::max));
    }

    /** The first version whose readers know the image's variant. */
    private static int firstFor(Image image) {
        if ((image.rawVersion() & LOOP_ENTRIES) != 0) {
            return VTABLES_SINCE;
        }
        return Variant.hasTimes(image.rawVersion()) ? TRACES_SINCE : FIRST;
    }

    /**
     * What of an image a profile of this version does not have, for want of a place. Counts are never among it.
     *
     * @param image the image
     * @return words for each part that is left out, in a fixed order; empty if there is none
     */
    public List<String> leavesOut(Image image) {
        List<String> parts = new ArrayList<>();
        if (!hasBitmaps() && image.bitmapsSize() > 0) {
            parts.add("bitmaps");
        }
        if (valueKinds() <= ValueKind.VTABLE_TARGET.number() && hasVtables(image)) {
            parts.add("vtable values");
        }
        return parts;
    }

    private static boolean hasVtables(Image image) {
        if (image.vtables().hasRemaining()) {
            return true;
        }
        for (int function = 0; function < image.functions(); function++) {
            if (image.valueSites(function, ValueKind.VTABLE_TARGET) > 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * The number of the version.
     *
     * @return 5 to 14
     */
    public int version() {
        return number;
    }

    /**
     * The size of the header.
     *
     * @return a number of bytes
     */
    public int headerSize() {
        int size = 5 * Long.BYTES;
        for (int since : new int[] {MEMPROF_SINCE, BINARY_IDS_SINCE, TRACES_SINCE, VTABLES_SINCE}) {
            size += number >= since ? Long.BYTES : 0;
        }
        return size;
    }

    /**
     * Whether the header has an offset of MemProf.
     *
     * @return whether the version is that of LLVM's that brought it, or a newer one
     */
    public boolean hasMemProf() {
        return number >= MEMPROF_SINCE;
    }

    /**
     * Whether there is room for binary ids.
     *
     * @return whether the version is that of LLVM's that brought it, or a newer one
     */
    public boolean hasBinaryIds() {
        return number >= BINARY_IDS_SINCE;
    }

    /**
     * Whether there is room for traces.
     *
     * @return whether the version is that of LLVM's that brought it, or a newer one
     */
    public boolean hasTraces() {
        return number >= TRACES_SINCE;
    }

    /**
     * Whether records have bitmaps.
     *
     * @return whether the version is that of LLVM's that brought it, or a newer one
     */
    public boolean hasBitmaps() {
        return number >= BITMAPS_SINCE;
    }

    /**
     * Whether there is room for the names of vtables.
     *
     * @return whether the version is that of LLVM's that brought it, or a newer one
     */
    public boolean hasVtableNames() {
        return number >= VTABLES_SINCE;
    }

    /**
     * Whether records have uniformity bytes.
     *
     * @return whether the version is that of LLVM's that brought it, or a newer one
     */
    public boolean hasUniformity() {
        return number >= UNIFORMITY_SINCE;
    }

    /**
     * How many value kinds readers of the version know.
     *
     * @return their number
     */
    public int valueKinds() {
        return number >= VTABLES_SINCE ? ValueKind.COUNT : ValueKind.VTABLE_TARGET.number();
    }

    /**
     * The size of what is followed by zeros up to a multiple of 8.
     *
     * @param size its size without them, in bytes
     * @return the size with them
     */
    public static long padded(long size) {
        return (size + Long.BYTES - 1) & -Long.BYTES;
    }
}
