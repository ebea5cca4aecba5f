package org.pgofs.profraw;

/** A field of a function record. Which a version has, and in what order, its layout says. */
enum RecordField {
    NAME_REF(Long.BYTES),
    FUNC_HASH(Long.BYTES),
    COUNTER_POINTER(Long.BYTES),
    /** Of no meaning outside GPU programs. */
    UNIFORM_COUNTER_POINTER(Long.BYTES),
    BITMAP_POINTER(Long.BYTES),
    FUNCTION_POINTER(Long.BYTES),
    /** The address of the value sites in the program; readers ignore it. */
    VALUES(Long.BYTES),
    COUNTERS(Integer.BYTES),
    INDIRECT_CALL_SITES(Short.BYTES),
    MEMOP_SITES(Short.BYTES),
    VTABLE_SITES(Short.BYTES),
    PADDING_2(Short.BYTES),
    PADDING_4(Integer.BYTES),
    BITMAP_SIZE(Integer.BYTES);

    private final int size;

    RecordField(int size) {
        this.size = size;
    }

    /** The size of the field, in bytes: 2, 4 or 8. */
    int size() {
        return size;
    }
}
