package org.pgofs.counters;

import java.util.ArrayList;
import java.util.List;

/**
 * What of an image's counts is not served as it is: one bad function must not cost the profiles of all others.
 *
 * @param belowZero how many counters are served as 0 because their sum is less
 * @param problems sentences about the image
 */
record SelfCheck(int belowZero, List<String> problems) {
    /** Functions that are named. */
    private static final int NAMED = 5;

    static SelfCheck of(StoredImage image, Counts counts) {
        int below = 0;
        List<Integer> absurd = new ArrayList<>();
        long[] sums = counts.counters().values();
        int times = Variant.hasTimes(image.rawVersion()) ? 1 : 0;
        for (int function = 0; sums.length > 0 && function < image.functions(); function++) {
            int first = image.countersOffset(function) / Long.BYTES;
            boolean isAbsurd = false;
            for (int i = first + times; i < first + image.counters(function); i++) {
                below += sums[i] < 0 ? 1 : 0;
                isAbsurd |= sums[i] > CounterSum.LARGEST;
            }
            if (isAbsurd) {
                absurd.add(function);
            }
        }
        return new SelfCheck(below, problems(image, counts, below, absurd));
    }

    private static List<String> problems(StoredImage image, Counts counts, int below, List<Integer> absurd) {
        List<String> problems = new ArrayList<>();
        if (below > 0) {
            problems.add("has " + below + " counters below 0, which are served as 0: the program set them back since"
                    + " the last reset or take");
        }
        for (String function : image.functionNames(absurd.subList(0, Math.min(NAMED, absurd.size())))) {
            problems.add("has counters above 2^56 in function " + function
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
}
