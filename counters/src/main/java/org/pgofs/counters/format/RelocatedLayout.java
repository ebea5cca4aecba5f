package org.pgofs.counters.format;

/**
 * Where a function or vtable of a record is in one process, {@code struct pgofs_relocated} of {@code pgofs_format.h}: the
 * dynamic linker took another image's.
 */
public final class RelocatedLayout {
    public static final int ADDRESS = 0;
    public static final int LINKED = ADDRESS + Long.BYTES;
    /** Its size. */
    public static final int BYTES = LINKED + Long.BYTES;

    public static final int SIZE = BYTES + Long.BYTES;

    private RelocatedLayout() {}
}
