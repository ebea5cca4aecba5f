package org.pgofs.profraw;

/** A field of a raw profile's header. Each has 8 bytes; which a version has, and in what order, its layout says. */
enum HeaderField {
    MAGIC,
    /** The number of the version and the variant bits. */
    VERSION,
    /** Bytes. */
    BINARY_IDS_SIZE,
    /** The number of function records. */
    RECORDS,
    /** Bytes; 0 in all profiles of ELF programs. */
    PAD_BEFORE_COUNTERS,
    /** The number of counters of 8 bytes, or of 1 byte under byte coverage. */
    COUNTERS,
    /** Bytes. */
    PAD_AFTER_COUNTERS,
    /** Bytes. */
    BITMAPS_SIZE,
    /** Bytes. */
    PAD_AFTER_BITMAPS,
    /** The number of a GPU program's counters that are of 8 bytes; 0 in other programs. */
    UNIFORM_COUNTERS,
    /** Bytes. */
    PAD_AFTER_UNIFORM_COUNTERS,
    /** What relates the records to these counters. */
    UNIFORM_COUNTERS_DELTA,
    /** Bytes. */
    NAMES_SIZE,
    /** What relates the counter pointers of the records to the counters. */
    COUNTERS_DELTA,
    /** What relates the bitmap pointers of the records to the bitmaps. */
    BITMAPS_DELTA,
    /** The address of the names; readers ignore it. */
    NAMES_DELTA,
    /** The number of vtable entries. */
    VTABLES,
    /** Bytes. */
    VTABLE_NAMES_SIZE,
    /** The highest number of a value kind. */
    VALUE_KIND_LAST;

    static final int SIZE = Long.BYTES;
}
