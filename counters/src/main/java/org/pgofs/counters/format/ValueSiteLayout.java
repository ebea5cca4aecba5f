package org.pgofs.counters;

/** A value site of a segment, {@code struct pgofs_value_site}: an epoch, and slots of a value and a count. */
final class ValueSiteLayout {
    static final int SLOTS = 24;
    static final int EPOCH = 0;
    static final int SLOT = EPOCH + Long.BYTES;

    /** Of a slot: {@code struct pgofs_value_slot}. */
    static final int VALUE = 0;

    static final int COUNT = VALUE + Long.BYTES;
    static final int SLOT_SIZE = COUNT + Long.BYTES;
    static final int SIZE = SLOT + SLOTS * SLOT_SIZE;

    private ValueSiteLayout() {}
}
