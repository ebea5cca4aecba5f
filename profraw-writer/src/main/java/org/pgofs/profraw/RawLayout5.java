package org.pgofs.profraw;

import java.util.List;

/** Version 5: clang 11 and 12. */
final class RawLayout5 extends RawLayout {
    static final List<HeaderField> HEADER = List.of(
            HeaderField.MAGIC,
            HeaderField.VERSION,
            HeaderField.RECORDS,
            HeaderField.PAD_BEFORE_COUNTERS,
            HeaderField.COUNTERS,
            HeaderField.PAD_AFTER_COUNTERS,
            HeaderField.NAMES_SIZE,
            HeaderField.COUNTERS_DELTA,
            HeaderField.NAMES_DELTA,
            HeaderField.VALUE_KIND_LAST);

    RawLayout5() {
        super(5, HEADER, RawLayout8.RECORD);
    }
}
