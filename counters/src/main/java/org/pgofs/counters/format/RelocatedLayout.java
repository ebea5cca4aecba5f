package org.pgofs.counters.format;

/**
 * The address, in one process, of a function or vtable that the dynamic linker chose from another image, {@code struct
 * pgofs_relocated} of {@code pgofs_format.h}.
 */
public final class RelocatedLayout {
    public static final int ADDRESS = 0;
    public static final int LINKED = ADDRESS + Long.BYTES;
    /** Its size. */
    public static final int BYTES = LINKED + Long.BYTES;

    public static final int SIZE = BYTES + Long.BYTES;

    private RelocatedLayout() {}
}
