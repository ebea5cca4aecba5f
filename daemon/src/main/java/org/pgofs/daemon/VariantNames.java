package org.pgofs.daemon;

import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.Variant;

/**
 * Names for kinds of instrumentation. llvm-profdata silently flags a file wrongly that mixes them, so each kind has a
 * file of its own; plain optimiser instrumentation ({@code -fprofile-generate}) has the plain name.
 */
final class VariantNames {
    private static final int FIRST_BIT = 55;
    /** By bit, from 55 on; the bits are those of LLVM's VARIANT_MASK_*. */
    private static final List<String> NAMES = List.of(
            "loop-entries",
            "ir",
            "csir",
            "entry-first",
            "correlate",
            "byte-coverage",
            "entry-only",
            "memprof",
            "temporal");

    private VariantNames() {}

    /** The kind's name, made of what tells it from plain optimiser instrumentation. */
    static String of(long rawVersion) {
        long bits = Variant.bits(rawVersion);
        List<String> parts = new ArrayList<>();
        if ((bits & Variant.IR) == 0) {
            parts.add("frontend");
        }
        long others = bits & ~Variant.IR;
        for (int i = 0; i < NAMES.size(); i++) {
            if ((others >>> (FIRST_BIT + i) & 1) != 0) {
                parts.add(NAMES.get(i));
            }
        }
        return parts.isEmpty() ? "ir" : String.join("-", parts);
    }
}
