package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** The function records that a compiler put into a program, as its file has them: at link-time addresses. */
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
     * @param counters the section of 8-byte counters
     * @param countersAddress where it lies
     * @return the functions, in the order of the records
     * @throws MalformedProfileException if they do not fit the counters, or have bitmaps
     * @throws UnsupportedRawVersionException if the version is not known
     */
    public static List<ParsedFunction> read(
            int number, ByteBuffer records, long recordsAddress, ByteBuffer counters, long countersAddress)
            throws MalformedProfileException {
        RawLayout layout = RawLayouts.of(number);
        Map<HeaderField, Long> header = Map.of(
                HeaderField.COUNTERS_DELTA,
                layout.pointer(countersAddress, recordsAddress),
                HeaderField.BITMAPS_DELTA,
                0L);
        return new RecordReader(layout, header, Long.BYTES, counters, ByteBuffer.allocate(0))
                .readAll(new RawInput(records), Integer.MAX_VALUE);
    }
}
