package org.pgofs.counters.format;

/** The control page of a segment, {@code struct pgofs_control}: what the daemon writes. */
public final class ControlLayout {
    public static final int RESET_EPOCH = 0;
    public static final int CLEARED_EPOCH = RESET_EPOCH + Long.BYTES;

    private ControlLayout() {}
}
