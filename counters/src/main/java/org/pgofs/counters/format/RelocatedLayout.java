package org.pgofs.counters;

/**
 * Where a function or vtable of a record is in one process, {@code struct pgofs_relocated} of {@code pgofs_format.h}: the
 * dynamic linker took another image's.
 */
final class RelocatedLayout {
    static final int ADDRESS = 0;
    static final int LINKED = ADDRESS + Long.BYTES;
    /** Its size. */
    static final int BYTES = LINKED + Long.BYTES;

    static final int SIZE = BYTES + Long.BYTES;

    private RelocatedLayout() {}
}
