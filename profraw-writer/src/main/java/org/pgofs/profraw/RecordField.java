package org.pgofs.profraw;

import java.util.Arrays;
import java.util.List;

/** A field of a function record, in the order of the record. */
enum RecordField {
    NAME_REF(Long.BYTES),
    FUNC_HASH(Long.BYTES),
    COUNTER_POINTER(Long.BYTES),
    /** Of no meaning outside GPU programs. */
    UNIFORM_COUNTER_POINTER(Long.BYTES, 11),
    BITMAP_POINTER(Long.BYTES, 9),
    FUNCTION_POINTER(Long.BYTES),
    /** The address of the value sites in the program; readers ignore it. */
    VALUES(Long.BYTES),
    COUNTERS(Integer.BYTES),
    INDIRECT_CALL_SITES(Short.BYTES),
    MEMOP_SITES(Short.BYTES),
    VTABLE_SITES(Short.BYTES, 10),
    PADDING_2(Short.BYTES, 10),
    BITMAP_SIZE(Integer.BYTES, 9),
    PADDING_4(Integer.BYTES, 9, 9);

    private final int size;
    private final int first;
    private final int last;

    RecordField(int size) {
        this(size, 0);
    }

    RecordField(int size, int first) {
        this(size, first, Integer.MAX_VALUE);
    }

    /** A field that some versions have. */
    RecordField(int size, int first, int last) {
        this.size = size;
        this.first = first;
        this.last = last;
    }

    /** The fields of a version. */
    static List<RecordField> of(int version) {
        return Arrays.stream(values())
                .filter(field -> field.first <= version && version <= field.last)
                .toList();
    }

    /** The size of the field, in bytes: 2, 4 or 8. */
    int size() {
        return size;
    }
}
