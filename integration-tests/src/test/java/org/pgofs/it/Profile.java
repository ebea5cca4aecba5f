package org.pgofs.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The counts of a profile, as llvm-profdata reads them.
 *
 * @param counts by function; several lists where several images have a function of that name
 */
record Profile(Map<String, List<List<Long>>> counts) {
    private static final Pattern FUNCTION =
            Pattern.compile("(?m)^  (\\S.*):\\n    Hash: .*\\n    Counters: .*\\n    Block counts: \\[(.*)]$");

    static Profile of(Toolchain toolchain, Path profile) {
        Map<String, List<List<Long>>> counts = new LinkedHashMap<>();
        for (Matcher function = FUNCTION.matcher(show(toolchain, profile)); function.find(); ) {
            counts.computeIfAbsent(function.group(1), name -> new ArrayList<>())
                    .add(Stream.of(function.group(2).split(", ", -1))
                            .map(Long::valueOf)
                            .toList());
        }
        return new Profile(counts);
    }

    static String show(Toolchain toolchain, Path profile) {
        return Shell.in(Checkout.ROOT)
                .run(toolchain.profdata(), "show", "--all-functions", "--counts", profile.toString())
                .ok()
                .output();
    }

    /** The calls of a function that has one counter, in all images; -1 if there is no such function. */
    long calls(String function) {
        if (!counts.containsKey(function)) {
            return -1;
        }
        long calls = 0;
        for (List<Long> counters : counts.get(function)) {
            if (counters.size() != 1) {
                throw new AssertionError(function + " has the counters " + counters);
            }
            calls += counters.get(0);
        }
        return calls;
    }
}
