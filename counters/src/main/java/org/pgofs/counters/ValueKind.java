package org.pgofs.counters;

/** What a value site observes. The ordinal is the kind's number in records and in raw profiles. */
public enum ValueKind {
    /** The link-time address of the function that an indirect call went to. */
    INDIRECT_CALL_TARGET,
    /** The bucketed size in bytes that a memory intrinsic was called with. */
    MEMOP_SIZE,
    /** The link-time address of the vtable that a virtual call used. */
    VTABLE_TARGET;

    /** The number of value kinds. */
    public static final int COUNT = 3;
}
