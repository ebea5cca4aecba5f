package org.pgofs.counters.format;

/** A value site of a segment, {@code struct pgofs_value_site}: an epoch, and slots of a value and a count. */
public final class ValueSiteLayout {
    public static final int SLOTS = 24;
    public static final int EPOCH = 0;
    public static final int SLOT = EPOCH + Long.BYTES;

    /** Of a slot: {@code struct pgofs_value_slot}. */
    public static final int VALUE = 0;

    public static final int COUNT = VALUE + Long.BYTES;
    public static final int SLOT_SIZE = COUNT + Long.BYTES;
    public static final int SIZE = SLOT + SLOTS * SLOT_SIZE;

    private ValueSiteLayout() {}
}
