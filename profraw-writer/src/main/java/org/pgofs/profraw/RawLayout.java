package org.pgofs.profraw;

import java.util.List;

/**
 * How one version of the raw profile format lays out a file. Versions differ in the fields of the header and of the
 * function records; everything else follows from these. There is one subclass for each version; {@link RawLayouts} finds
 * them.
 *
 * <pre>
 *   +--------------------+  0
 *   | header             |
 *   +--------------------+
 *   | binary ids         |  u64 length, bytes, zeros to a multiple of 8
 *   +--------------------+
 *   | function records   |
 *   +--------------------+
 *   | counters           |  zeros to a multiple of 8 in versions that have bitmaps
 *   +--------------------+
 *   | bitmaps            |  version 9 on; zeros to a multiple of 8
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
public abstract class RawLayout {
    private final int number;
    private final List<HeaderField> header;
    private final List<RecordField> record;
    private final int recordSize;

    RawLayout(int number, List<HeaderField> header, List<RecordField> record) {
        this.number = number;
        this.header = header;
        this.record = record;
        recordSize = record.stream().mapToInt(RecordField::size).sum();
    }

    /**
     * The number of the version.
     *
     * @return the number alone, without variant bits
     */
    public final int number() {
        return number;
    }

    final boolean has(HeaderField field) {
        return header.contains(field);
    }

    final int headerSize() {
        return header.size() * HeaderField.SIZE;
    }

    final int recordSize() {
        return recordSize;
    }

    /** The number of value kinds that the version knows: those with an ordinal below it. */
    final int valueKinds() {
        return record.contains(RecordField.VTABLE_SITES) ? 3 : 2;
    }

    final List<HeaderField> header() {
        return header;
    }

    final List<RecordField> record() {
        return record;
    }

    /** What the record at one address holds to point to another; versions below 8 hold the address itself. */
    long pointer(long address, long recordAddress) {
        return address - recordAddress;
    }
}
