package org.pgofs.counters;

/**
 * The bits beside the number in {@code __llvm_profile_raw_version}, which say how the image was instrumented (LLVM's
 * {@code VARIANT_MASK_*} of InstrProfData.inc).
 */
public final class Variant {
    /** Instrumented by the optimiser ({@code -fprofile-generate}) and not by the front end. */
    public static final long IR = 1L << 56;

    /** Counters are single bytes: 0 covered, 0xff not. */
    public static final long BYTE_COVERAGE = 1L << 60;

    /** An extra leading counter of each function holds the time of its first call. */
    public static final long TEMPORAL = 1L << 63;

    private static final long NUMBER = 0xffff_ffffL;

    private Variant() {}

    /**
     * The raw version's number.
     *
     * @param rawVersion as the image has it, with its variant bits
     * @return the number alone, 1 to 2^31-1
     */
    public static int number(long rawVersion) {
        return (int) (rawVersion & NUMBER);
    }

    /**
     * The variant bits.
     *
     * @param rawVersion as the image has it
     * @return the variant bits alone
     */
    public static long bits(long rawVersion) {
        return rawVersion & ~NUMBER;
    }
}
