package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** The function records that a compiler put into a program, as its file or its memory has them. */
public final class CompiledRecords {
    private CompiledRecords() {}

    /**
     * The size of a record.
     *
     * @param number of the raw version, without variant bits
     * @return bytes
     * @throws UnsupportedRawVersionException if the version is not known
     */
    public static int size(int number) {
        return RawLayouts.of(number).recordSize();
    }

    /**
     * Reads records.
     *
     * @param number of the raw version, without variant bits
     * @param records nothing but records, little-endian
     * @param recordsAddress where the first of them lies
     * @param countersSize of the section of 8-byte counters, in bytes
     * @param countersAddress where it lies
     * @return the functions, in the order of the records
     * @throws MalformedProfileException if they do not fit the counters, or have bitmaps
     * @throws UnsupportedRawVersionException if the version is not known
     */
    public static List<ParsedFunction> read(
            int number, ByteBuffer records, long recordsAddress, long countersSize, long countersAddress)
            throws MalformedProfileException {
        RawLayout layout = RawLayouts.of(number);
        Map<HeaderField, Long> header = Map.of(
                HeaderField.COUNTERS_DELTA,
                layout.pointer(countersAddress, recordsAddress),
                HeaderField.BITMAPS_DELTA,
                0L);
        return new RecordReader(layout, header, Long.BYTES, countersSize, 0)
                .readAll(new RawInput(records), Integer.MAX_VALUE);
    }

    /**
     * Where a record says that the compiler's places for its value sites are.
     *
     * @param number of the raw version, without variant bits
     * @param records nothing but records, little-endian
     * @param function the number of the record
     * @return the address as it stands there
     * @throws UnsupportedRawVersionException if the version is not known
     */
    public static long valuesAddress(int number, ByteBuffer records, int function) {
        RawLayout layout = RawLayouts.of(number);
        int at = function * layout.recordSize();
        for (RecordField field : layout.record()) {
            if (field == RecordField.VALUES) {
                break;
            }
            at += field.size();
        }
        return records.getLong(at);
    }
}
