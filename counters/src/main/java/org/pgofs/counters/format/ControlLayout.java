package org.pgofs.counters;

/** The control page of a segment, {@code struct pgofs_control}: what the daemon writes. */
final class ControlLayout {
    static final int RESET_EPOCH = 0;
    static final int CLEARED_EPOCH = RESET_EPOCH + Long.BYTES;

    private ControlLayout() {}
}
