package org.pgofs.profraw;

import java.util.List;

/** Version 9: clang 18. */
final class RawLayout9 extends RawLayout {
    static final List<HeaderField> HEADER = List.of(
            HeaderField.MAGIC,
            HeaderField.VERSION,
            HeaderField.BINARY_IDS_SIZE,
            HeaderField.RECORDS,
            HeaderField.PAD_BEFORE_COUNTERS,
            HeaderField.COUNTERS,
            HeaderField.PAD_AFTER_COUNTERS,
            HeaderField.BITMAPS_SIZE,
            HeaderField.PAD_AFTER_BITMAPS,
            HeaderField.NAMES_SIZE,
            HeaderField.COUNTERS_DELTA,
            HeaderField.BITMAPS_DELTA,
            HeaderField.NAMES_DELTA,
            HeaderField.VALUE_KIND_LAST);

    static final List<RecordField> RECORD = List.of(
            RecordField.NAME_REF,
            RecordField.FUNC_HASH,
            RecordField.COUNTER_POINTER,
            RecordField.BITMAP_POINTER,
            RecordField.FUNCTION_POINTER,
            RecordField.VALUES,
            RecordField.COUNTERS,
            RecordField.INDIRECT_CALL_SITES,
            RecordField.MEMOP_SITES,
            RecordField.BITMAP_SIZE,
            RecordField.PADDING_4);

    RawLayout9() {
        super(9, HEADER, RECORD);
    }
}
