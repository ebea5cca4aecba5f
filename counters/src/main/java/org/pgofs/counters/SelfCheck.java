package org.pgofs.counters;

import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.counts.CounterSum;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.StoredImage;

/**
 * Counts of an image that are not served unchanged: one bad function must not cost the profiles of all others.
 *
 * @param image the image
 * @param user to whom it is charged
 * @param belowZero how many counters are served as 0 because their sum is less than 0
 * @param absurd the functions that have counters above 2^56
 * @param cut how many value sites have more values than are served
 */
record SelfCheck(StoredImage image, int user, int belowZero, List<Integer> absurd, int cut) {
    /** The largest number of functions that are named. */
    private static final int NAMED = 5;

    static SelfCheck of(StoredImage image, int user, Counts counts) {
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
        return new SelfCheck(image, user, below, absurd, counts.values().sitesOver(Snapshot.MAX_VALUES));
    }

    /** Sentences about the image. Without the store's lock, since names are looked up. */
    List<String> problems(FunctionNames names) {
        List<String> problems = new ArrayList<>();
        if (belowZero > 0) {
            problems.add(
                    "has " + belowZero + " counters below 0, which are served as 0: the program set them back since"
                            + " the last reset or take");
        }
        for (String function : names.of(image, user, absurd.subList(0, Math.min(NAMED, absurd.size())))) {
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
        if (cut > 0) {
            problems.add("has " + cut + " value sites with more than " + Snapshot.MAX_VALUES
                    + " values, of which the most frequent are served");
        }
        return problems;
    }
}
