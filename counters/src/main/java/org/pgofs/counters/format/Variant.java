package org.pgofs.counters.format;

import java.util.ArrayList;
import java.util.List;

/**
 * The bits beside the number in {@code __llvm_profile_raw_version}, which say how the image was instrumented (LLVM's
 * {@code VARIANT_MASK_*} of InstrProfData.inc).
 */
public final class Variant {
    /** Instrumented by the optimiser ({@code -fprofile-generate}) and not by the front end. */
    public static final long IR = 1L << 56;

    /** Instrumented once more, after the code was optimised with a first profile ({@code -fcs-profile-generate}). */
    public static final long CONTEXT_SENSITIVE = 1L << 57;

    /** Counters are single bytes: 0 covered, 0xff not. */
    public static final long BYTE_COVERAGE = 1L << 60;

    /** Functions have no counters but that of their entry. */
    public static final long ENTRY_ONLY = 1L << 61;

    /** The first 8 bytes of the counters of each function hold the time of its first call. */
    public static final long TEMPORAL = 1L << 63;

    private static final long NUMBER = 0xffff_ffffL;
    private static final int FIRST_BIT = 55;

    /** By bit, from 55 on. */
    private static final List<String> WORDS = List.of(
            "loop-entries",
            "ir",
            "csir",
            "entry-first",
            "correlated",
            "single-byte",
            "entry-only",
            "memprof",
            "temporal");

    private Variant() {}

    /**
     * The raw version's number.
     *
     * @param rawVersion as the image has it, with its variant bits
     * @return the number alone, 1 to 2^31-1
     */
    public static int version(long rawVersion) {
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

    /**
     * The size of a counter.
     *
     * @param rawVersion as the image has it
     * @return bytes: 8, or 1 under {@link #BYTE_COVERAGE}
     */
    public static int counterSize(long rawVersion) {
        return (rawVersion & BYTE_COVERAGE) != 0 ? Byte.BYTES : Long.BYTES;
    }

    /**
     * Whether the counters of each function begin with a time of 8 bytes. Where only entries are counted, compilers put
     * none, whatever they say.
     *
     * @param rawVersion as the image has it
     * @return whether it is {@link #TEMPORAL} and not {@link #ENTRY_ONLY}
     */
    public static boolean hasTimes(long rawVersion) {
        return (rawVersion & (TEMPORAL | ENTRY_ONLY)) == TEMPORAL;
    }

    /**
     * What tells an image from one that the optimiser instrumented in the plain way.
     *
     * @param rawVersion as the image has it
     * @return a word without white space for each variant bit but {@link #IR}, and {@code coverage} without that one:
     *     most often the front end instruments for that
     */
    public static List<String> words(long rawVersion) {
        List<String> words = new ArrayList<>();
        if ((rawVersion & IR) == 0) {
            words.add("coverage");
        }
        for (int i = 0; i < WORDS.size(); i++) {
            long bit = 1L << (FIRST_BIT + i);
            if (bit != IR && (rawVersion & bit) != 0) {
                words.add(WORDS.get(i));
            }
        }
        return words;
    }
}
