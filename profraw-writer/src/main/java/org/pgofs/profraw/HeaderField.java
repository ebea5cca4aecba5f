package org.pgofs.profraw;

import java.util.Arrays;
import java.util.List;

/**
 * A field of a raw profile's header, in the order of the header. Each has 8 bytes. A field stays once a version has
 * brought it.
 */
enum HeaderField {
    MAGIC,
    /** The number of the version and the variant bits. */
    VERSION,
    /** Bytes. */
    BINARY_IDS_SIZE(7),
    /** The number of function records. */
    RECORDS,
    /** Bytes; 0 in all profiles of ELF programs. */
    PAD_BEFORE_COUNTERS,
    /** The number of counters of 8 bytes, or of 1 byte under byte coverage. */
    COUNTERS,
    /** Bytes. */
    PAD_AFTER_COUNTERS,
    /** Bytes. */
    BITMAPS_SIZE(9),
    /** Bytes. */
    PAD_AFTER_BITMAPS(9),
    /** The number of a GPU program's counters that are of 8 bytes; 0 in other programs. */
    UNIFORM_COUNTERS(11),
    /** Bytes. */
    PAD_AFTER_UNIFORM_COUNTERS(11),
    /** What relates the records to these counters. */
    UNIFORM_COUNTERS_DELTA(11),
    /** Bytes. */
    NAMES_SIZE,
    /** What relates the counter pointers of the records to the counters. */
    COUNTERS_DELTA,
    /** What relates the bitmap pointers of the records to the bitmaps. */
    BITMAPS_DELTA(9),
    /** The address of the names; readers ignore it. */
    NAMES_DELTA,
    /** The number of vtable entries. */
    VTABLES(10),
    /** Bytes. */
    VTABLE_NAMES_SIZE(10),
    /** The highest number of a value kind. */
    VALUE_KIND_LAST;

    static final int SIZE = Long.BYTES;

    private final int since;

    HeaderField() {
        this(0);
    }

    HeaderField(int since) {
        this.since = since;
    }

    /** The fields of a version. */
    static List<HeaderField> of(int version) {
        return Arrays.stream(values()).filter(field -> field.since <= version).toList();
    }
}
