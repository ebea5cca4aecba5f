package org.pgofs.counters.format;

/** What a value site observes. */
public enum ValueKind {
    /** The link-time address of the function that an indirect call went to. */
    INDIRECT_CALL_TARGET(0),
    /** The bucketed size in bytes that a memory intrinsic was called with. */
    MEMOP_SIZE(1),
    /** The link-time address of the vtable that a virtual call used. */
    VTABLE_TARGET(2);

    /** The number of value kinds. */
    public static final int COUNT = 3;

    private final int number;

    ValueKind(int number) {
        this.number = number;
    }

    /**
     * The kind's number, in records and in raw profiles.
     *
     * @return 0 to {@link #COUNT} - 1
     */
    public int number() {
        return number;
    }
}
