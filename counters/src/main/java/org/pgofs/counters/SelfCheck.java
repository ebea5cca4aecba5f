package org.pgofs.counters;

import java.util.ArrayList;
import java.util.List;

/** What of an image's counts is not served as it is: one bad function must not cost the profiles of all others. */
final class SelfCheck {
    /** Functions that are named. */
    private static final int NAMED = 5;

    private SelfCheck() {}

    /** Sentences about an image. */
    static List<String> of(StoredImage image, Counts counts) {
        List<String> problems = new ArrayList<>();
        List<Integer> absurd = absurd(image, counts.counters().values());
        for (int function : absurd.subList(0, Math.min(NAMED, absurd.size()))) {
            problems.add("has counters above 2^56 in function " + image.functionName(function)
                    + ", which are served as 0: llvm-profdata would reject all");
        }
        if (absurd.size() > NAMED) {
            problems.add("has such counters in " + (absurd.size() - NAMED) + " more functions");
        }
        if (image.unnamed() > 0) {
            problems.add(
                    "has no names for " + image.unnamed() + " of its functions: no compiler will use their counts");
        }
        int cut = counts.values().sitesOver(Snapshot.MAX_VALUES);
        if (cut > 0) {
            problems.add("has " + cut + " value sites with more than " + Snapshot.MAX_VALUES
                    + " values, of which the most frequent are served");
        }
        return problems;
    }

    private static List<Integer> absurd(StoredImage image, long[] sums) {
        List<Integer> absurd = new ArrayList<>();
        int times = Variant.hasTimes(image.rawVersion()) ? 1 : 0;
        for (int function = 0; sums.length > 0 && function < image.functions(); function++) {
            int first = image.countersOffset(function) / Long.BYTES;
            for (int i = first + times; i < first + image.counters(function); i++) {
                if (sums[i] > CounterSum.LARGEST) {
                    absurd.add(function);
                    break;
                }
            }
        }
        return absurd;
    }
}
