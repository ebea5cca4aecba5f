package org.pgofs.it;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All counts and values of what {@code llvm-profdata show --all-functions --counts} and so on prints, each by its place. */
final class ProfileNumbers {
    private static final Pattern FUNCTION = Pattern.compile("  (\\S.*):");
    private static final Pattern HASH = Pattern.compile("    Hash: (.*)");
    private static final Pattern KIND = Pattern.compile("    (.*) Results:");
    private static final Pattern COUNTS = Pattern.compile("    (Function count|Block counts): \\[?(.*?)]?");
    private static final Pattern VALUE = Pattern.compile("\t\\[ *(\\d+), *(.+), *(\\d+) ] .*");

    private final SortedMap<String, Long> numbers = new TreeMap<>();

    ProfileNumbers(String show) {
        String function = "";
        String kind = "";
        for (String line : show.split("\n", -1)) {
            Matcher match = FUNCTION.matcher(line);
            if (match.matches()) {
                function = match.group(1);
            } else if (match.usePattern(HASH).matches()) {
                function += " " + match.group(1);
            } else if (match.usePattern(KIND).matches()) {
                kind = match.group(1);
            } else if (match.usePattern(COUNTS).matches()) {
                String[] counts = match.group(2).split(", ", -1);
                for (int i = 0; i < counts.length && !counts[i].isEmpty(); i++) {
                    numbers.put(function + " " + match.group(1) + " " + i, Long.valueOf(counts[i]));
                }
            } else if (match.usePattern(VALUE).matches()) {
                // Targets outside the image have one name, and each has a line.
                numbers.merge(
                        function + " " + kind + " " + match.group(1) + " " + match.group(2),
                        Long.valueOf(match.group(3)),
                        Long::sum);
            }
        }
    }

    /** Those that are not 0. */
    SortedMap<String, Long> nonzero() {
        SortedMap<String, Long> nonzero = new TreeMap<>(numbers);
        nonzero.values().removeIf(number -> number == 0);
        return nonzero;
    }

    /** How far they have grown, where they have. */
    SortedMap<String, Long> since(ProfileNumbers earlier) {
        SortedMap<String, Long> since = new TreeMap<>(numbers);
        since.replaceAll((place, number) -> number - earlier.numbers.getOrDefault(place, 0L));
        since.values().removeIf(number -> number <= 0);
        return since;
    }
}
