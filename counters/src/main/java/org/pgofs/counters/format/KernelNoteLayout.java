package org.pgofs.counters.format;

/**
 * The note by which a running kernel and each of its modules say where their sections are, {@code struct pgofs_kernel_note},
 * and what it leads to in memory, {@code struct pgofs_kernel_control}; {@code kernel/running/note.h} describes both.
 */
public final class KernelNoteLayout {
    public static final String NAME = "pgofs";
    public static final int TYPE = 2;
    public static final int VERSION_VALUE = 1;

    /** Of {@link #FORM}: the note has link-time addresses. */
    public static final int FORM_LINKED = 1;

    /** Of {@link #FORM}: the note has signed distances from its descriptor. */
    public static final int FORM_DISTANCES = 2;

    /** Bytes from the start of the note to its descriptor. */
    public static final int DESCRIPTOR = 20;

    /** Of a range: where it begins, and where it ends. */
    public static final int RANGE_SIZE = 2 * Long.BYTES;

    // The descriptor.
    public static final int VERSION = 0;
    public static final int FORM = VERSION + Integer.BYTES;
    public static final int TEXT = FORM + Integer.BYTES;
    public static final int CONTROL = TEXT + Long.BYTES;
    public static final int COUNTERS = CONTROL + Long.BYTES;
    public static final int DATA = COUNTERS + RANGE_SIZE;
    public static final int NAMES = DATA + RANGE_SIZE;
    public static final int VALUES = NAMES + RANGE_SIZE;
    public static final int SITES = VALUES + RANGE_SIZE;
    public static final int BITMAPS = SITES + RANGE_SIZE;
    public static final int SIZE = BITMAPS + RANGE_SIZE;

    /** What the note calls control. */
    public static final class Control {
        public static final int RESET_EPOCH = 0;
        public static final int CLEARED_EPOCH = RESET_EPOCH + Long.BYTES;
        public static final int RAW_VERSION = CLEARED_EPOCH + Long.BYTES;
        public static final int VALUE_SITE_SIZE = RAW_VERSION + Long.BYTES;
        public static final int SIZE = VALUE_SITE_SIZE + Long.BYTES;

        private Control() {}
    }

    private KernelNoteLayout() {}
}
