package org.pgofs.profraw;

import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;

/**
 * How one version of the raw profile format lays out a file. Versions differ in the fields of the header and of the
 * function records, which know since when they are there; everything else follows from these. {@link RawLayouts} has all
 * versions.
 *
 * <pre>
 *   +--------------------+  0
 *   | header             |
 *   +--------------------+
 *   | binary ids         |  version 7 on; u64 length, bytes, zeros to a multiple of 8
 *   +--------------------+
 *   | function records   |
 *   +--------------------+
 *   | counters           |  zeros to a multiple of 8 in versions that have bitmaps
 *   +--------------------+
 *   | bitmaps            |  version 9 on; zeros to a multiple of 8
 *   +--------------------+
 *   | uniform counters   |  version 11 on, of GPU programs only: never written here
 *   +--------------------+
 *   | names              |  zeros to a multiple of 8
 *   +--------------------+
 *   | vtables            |  version 10 on
 *   +--------------------+
 *   | vtable names       |  version 10 on; zeros to a multiple of 8
 *   +--------------------+
 *   | value data         |  an entry for every record with value sites, see ValueData
 *   +--------------------+
 * </pre>
 *
 * All numbers are little-endian. A profile of a running program holds run-time addresses; here every part has its offset
 * in the file as its address, which keeps the differences that readers compute.
 */
public final class RawLayout {
    /** The first version whose records hold distances from themselves and not addresses; it also has new variants. */
    private static final int RELATIVE_SINCE = 8;

    private static final int LOOP_ENTRIES_SINCE = 10;

    private final int number;
    private final List<HeaderField> header;
    private final List<RecordField> record;
    private final int recordSize;

    RawLayout(int number) {
        this.number = number;
        header = HeaderField.of(number);
        record = RecordField.of(number);
        recordSize = record.stream().mapToInt(RecordField::size).sum();
    }

    /**
     * The number of the version.
     *
     * @return the number alone, without variant bits
     */
    public int version() {
        return number;
    }

    boolean has(HeaderField field) {
        return header.contains(field);
    }

    int headerSize() {
        return header.size() * HeaderField.SIZE;
    }

    int recordSize() {
        return recordSize;
    }

    /** The number of value kinds that the version knows: those with an ordinal below it. */
    int valueKinds() {
        return record.contains(RecordField.VTABLE_SITES) ? 3 : 2;
    }

    List<HeaderField> header() {
        return header;
    }

    List<RecordField> record() {
        return record;
    }

    /**
     * Whether readers of the version know how an image was instrumented. Others would take its counters for something
     * else.
     *
     * @param rawVersion as the image has it, with its variant bits
     */
    boolean knows(long rawVersion) {
        long known = number >= LOOP_ENTRIES_SINCE ? -1L << 55 : number >= RELATIVE_SINCE ? -1L << 56 : 7L << 56;
        return (Variant.bits(rawVersion) & ~known) == 0;
    }

    /**
     * What of an image a profile of this version does not have, for want of a place. Counts are never among it.
     *
     * @param image the image
     * @return words for each part that is left out, in a fixed order; empty if there is none
     */
    public List<String> leavesOut(Image image) {
        List<String> parts = new ArrayList<>();
        if (!has(HeaderField.BINARY_IDS_SIZE) && image.binaryIds().hasRemaining()) {
            parts.add("binary ids");
        }
        if (!has(HeaderField.BITMAPS_SIZE) && image.bitmapsSize() > 0) {
            parts.add("bitmaps");
        }
        if (!has(HeaderField.VTABLES) && image.vtables().hasRemaining()) {
            parts.add("vtables");
        }
        if (valueKinds() <= ValueKind.VTABLE_TARGET.number() && hasVtableSites(image)) {
            parts.add("vtable values");
        }
        return parts;
    }

    private static boolean hasVtableSites(Image image) {
        for (int function = 0; function < image.functions(); function++) {
            if (image.valueSites(function, ValueKind.VTABLE_TARGET) > 0) {
                return true;
            }
        }
        return false;
    }

    /** What the record at one address holds to point to another. */
    long pointer(long address, long recordAddress) {
        return number >= RELATIVE_SINCE ? address - recordAddress : address;
    }

    /**
     * How far from the start of its part of the file a record points.
     *
     * @param pointer in the record
     * @param delta in the header
     * @param function the number of the record
     */
    long offset(long pointer, long delta, int function) {
        return pointer - delta + (number >= RELATIVE_SINCE ? (long) function * recordSize : 0);
    }
}
