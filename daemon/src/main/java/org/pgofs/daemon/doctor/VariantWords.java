package org.pgofs.daemon.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pgofs.counters.Variant;

/** The variant bits of a raw version in words. */
final class VariantWords {
    private static final Map<Integer, String> WORDS = new TreeMap<>(Map.of(
            55, "loop entries",
            57, "context-sensitive",
            58, "function entry first",
            59, "correlated by debug information",
            60, "single-byte coverage",
            61, "function entries only",
            62, "memory profile",
            63, "temporal"));

    private VariantWords() {}

    static String of(long rawVersion) {
        List<String> words = new ArrayList<>();
        words.add((rawVersion & Variant.IR) != 0 ? "by the optimiser" : "by the front end");
        WORDS.forEach((bit, word) -> {
            if ((rawVersion >>> bit & 1) != 0) {
                words.add(word);
            }
        });
        return String.join(", ", words);
    }
}
