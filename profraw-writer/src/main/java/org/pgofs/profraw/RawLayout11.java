package org.pgofs.profraw;

import java.util.List;

/** Version 11: clang 23. */
final class RawLayout11 extends RawLayout {
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
            HeaderField.UNIFORM_COUNTERS,
            HeaderField.PAD_AFTER_UNIFORM_COUNTERS,
            HeaderField.UNIFORM_COUNTERS_DELTA,
            HeaderField.NAMES_SIZE,
            HeaderField.COUNTERS_DELTA,
            HeaderField.BITMAPS_DELTA,
            HeaderField.NAMES_DELTA,
            HeaderField.VTABLES,
            HeaderField.VTABLE_NAMES_SIZE,
            HeaderField.VALUE_KIND_LAST);

    static final List<RecordField> RECORD = List.of(
            RecordField.NAME_REF,
            RecordField.FUNC_HASH,
            RecordField.COUNTER_POINTER,
            RecordField.UNIFORM_COUNTER_POINTER,
            RecordField.BITMAP_POINTER,
            RecordField.FUNCTION_POINTER,
            RecordField.VALUES,
            RecordField.COUNTERS,
            RecordField.INDIRECT_CALL_SITES,
            RecordField.MEMOP_SITES,
            RecordField.VTABLE_SITES,
            RecordField.PADDING_2,
            RecordField.BITMAP_SIZE);

    RawLayout11() {
        super(11, HEADER, RECORD);
    }
}
