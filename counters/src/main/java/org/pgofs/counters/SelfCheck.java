package org.pgofs.counters;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** What of an image's counts is not served as it is: one bad function must not cost the profiles of all others. */
final class SelfCheck {
    /** Functions that are named. */
    private static final int NAMED = 5;

    private SelfCheck() {}

    /** Sentences about an image. */
    static List<String> of(StoredImage image, Counts counts) {
        List<String> problems = new ArrayList<>();
        int below = belowZero(image, counts);
        if (below > 0) {
            problems.add("has " + below + " counters below 0, which are served as 0: the program set them back since"
                    + " the last reset or take");
        }
        List<Integer> absurd = absurd(image, counts);
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

    /** How many counters of an image are served as 0 because their sum is less. */
    static int belowZero(StoredImage image, Counts counts) {
        return functions(image, counts)
                .map(function -> (int)
                        sums(image, counts, function).filter(sum -> sum < 0).count())
                .sum();
    }

    private static List<Integer> absurd(StoredImage image, Counts counts) {
        return functions(image, counts)
                .filter(function -> sums(image, counts, function).anyMatch(sum -> sum > CounterSum.LARGEST))
                .boxed()
                .toList();
    }

    private static IntStream functions(StoredImage image, Counts counts) {
        return IntStream.range(0, counts.counters().values().length > 0 ? image.functions() : 0);
    }

    /** Of the counters of a function, without a time. */
    private static LongStream sums(StoredImage image, Counts counts, int function) {
        int first = image.countersOffset(function) / Long.BYTES;
        int times = Variant.hasTimes(image.rawVersion()) ? 1 : 0;
        return IntStream.range(first + times, first + image.counters(function))
                .mapToLong(i -> counts.counters().values()[i]);
    }
}
