package org.pgofs.counters.format;

/**
 * A canonical function record, {@code struct pgofs_record} of {@code pgofs_format.h}: the same for every raw version and
 * in every process of an image. Offsets are in bytes; numbers are little-endian.
 */
public final class RecordLayout {
    public static final int NAME_REF = 0;
    public static final int FUNC_HASH = NAME_REF + Long.BYTES;
    public static final int COUNTERS_OFFSET = FUNC_HASH + Long.BYTES;
    public static final int BITMAP_OFFSET = COUNTERS_OFFSET + Long.BYTES;
    public static final int FUNCTION = BITMAP_OFFSET + Long.BYTES;
    public static final int VALUE_SITE = FUNCTION + Long.BYTES;
    public static final int COUNTERS = VALUE_SITE + Integer.BYTES;
    public static final int VALUE_SITES = COUNTERS + Integer.BYTES;
    static final int RESERVED = VALUE_SITES + ValueKind.COUNT * Short.BYTES;
    public static final int BITMAP_SIZE = RESERVED + Short.BYTES;
    static final int RESERVED2 = BITMAP_SIZE + Integer.BYTES;
    public static final int SIZE = RESERVED2 + Integer.BYTES;

    private RecordLayout() {}
}
