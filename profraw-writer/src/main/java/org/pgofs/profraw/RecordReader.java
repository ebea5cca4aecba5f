package org.pgofs.profraw;

import static org.pgofs.profraw.MalformedProfileException.require;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the function records of a raw profile.
 *
 * @param layout of the version
 * @param counterSize of one counter, in bytes
 * @param countersSize of all counters, in bytes
 * @param bitmapsSize of all bitmaps, in bytes
 * @param countersDelta see {@link HeaderField#COUNTERS_DELTA}
 * @param bitmapsDelta see {@link HeaderField#BITMAPS_DELTA}
 */
record RecordReader(
        RawLayout layout, int counterSize, long countersSize, long bitmapsSize, long countersDelta, long bitmapsDelta) {
    RecordReader(
            RawLayout layout, Map<HeaderField, Long> header, int counterSize, long countersSize, long bitmapsSize) {
        this(
                layout,
                counterSize,
                countersSize,
                bitmapsSize,
                header.get(HeaderField.COUNTERS_DELTA),
                header.get(HeaderField.BITMAPS_DELTA));
    }

    /**
     * Reads records to their end.
     *
     * @param in the records
     * @param maxSites how many value sites there can be
     */
    List<ParsedFunction> readAll(RawInput in, int maxSites) throws MalformedProfileException {
        List<ParsedFunction> functions = new ArrayList<>(in.remaining() / layout.recordSize());
        Map<RecordField, Long> record = new EnumMap<>(RecordField.class);
        for (RecordField field : RecordField.values()) {
            record.put(field, 0L);
        }
        int site = 0;
        for (int i = 0; in.remaining() > 0; i++) {
            for (RecordField field : layout.record()) {
                record.put(field, in.number(field.size(), "records"));
            }
            ParsedFunction function = function(i, site, record);
            functions.add(function);
            int sites = function.sites().stream().mapToInt(Integer::intValue).sum();
            require(sites <= maxSites - site, "record %d has more value sites than there are bytes of value data", i);
            site += sites;
        }
        return functions;
    }

    private ParsedFunction function(int number, int site, Map<RecordField, Long> record)
            throws MalformedProfileException {
        long counters = record.get(RecordField.COUNTERS);
        long countersOffset = layout.offset(record.get(RecordField.COUNTER_POINTER), countersDelta, number);
        require(
                counters > 0
                        && fits(countersOffset, counters * counterSize, countersSize)
                        && countersOffset % counterSize == 0,
                "record %d has %d counters at %d in %d bytes of counters",
                number,
                counters,
                countersOffset,
                countersSize);
        long bitmapSize = record.get(RecordField.BITMAP_SIZE);
        long bitmapOffset =
                bitmapSize == 0 ? 0 : layout.offset(record.get(RecordField.BITMAP_POINTER), bitmapsDelta, number);
        require(
                fits(bitmapOffset, bitmapSize, bitmapsSize),
                "record %d has a bitmap of %d bytes at %d in %d bytes of bitmaps",
                number,
                bitmapSize,
                bitmapOffset,
                bitmapsSize);
        return new ParsedFunction(
                record.get(RecordField.NAME_REF),
                record.get(RecordField.FUNC_HASH),
                (int) countersOffset,
                (int) counters,
                (int) bitmapOffset,
                (int) bitmapSize,
                record.get(RecordField.FUNCTION_POINTER),
                record.get(RecordField.VALUES),
                site,
                List.of(
                        record.get(RecordField.INDIRECT_CALL_SITES).intValue(),
                        record.get(RecordField.MEMOP_SITES).intValue(),
                        record.get(RecordField.VTABLE_SITES).intValue()));
    }

    private static boolean fits(long offset, long size, long available) {
        return offset >= 0 && size <= available && offset <= available - size;
    }
}
