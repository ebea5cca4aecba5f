package org.pgofs.profdata.read;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;
import org.pgofs.profdata.format.UnstableSort;

/**
 * How much two profiles are alike: the numbers of {@code llvm-profdata overlap}. Of each counter the smaller of its two
 * shares, in the sum of its profile's counts, is what both have.
 */
public final class Overlap {
    private final Sums base;
    private final Sums test;
    private final Part both = new Part();
    private final Part mismatched = new Part();
    private final Part onlyInTest = new Part();
    private final List<Moved> moved = new ArrayList<>();

    /** The sums of a profile. */
    private static final class Sums {
        private double counts;
        private final double[] values = new double[ValueKind.COUNT];
    }

    /** Some functions, and which part of all counts and values they have, 0 to 1. */
    private static final class Part {
        private long functions;
        private double counts;
        private final double[] values = new double[ValueKind.COUNT];
    }

    /**
     * A function that has another share of the counts.
     *
     * @param name of the function
     * @param base its share in the first profile, 0 to 1
     * @param test its share in the second one, 0 to 1
     */
    public record Moved(String name, double base, double test) {
        double distance() {
            return Math.abs(test - base);
        }
    }

    private record Key(String name, long hash) {}

    /**
     * Compares two profiles.
     *
     * @param base the first one
     * @param test the second one
     */
    public Overlap(IndexedContent base, IndexedContent test) {
        this.base = sums(base);
        this.test = sums(test);
        Map<Key, ProfiledFunction> functions = new HashMap<>();
        Map<String, Double> sharesInBase = new HashMap<>();
        for (ProfiledFunction function : base.functions()) {
            functions.put(new Key(function.name(), function.hash()), function);
            sharesInBase.merge(function.name(), share(function, this.base), Double::sum);
        }
        Map<String, Double> sharesInTest = new HashMap<>();
        for (ProfiledFunction function : test.functions()) {
            ProfiledFunction other = functions.get(new Key(function.name(), function.hash()));
            add(function, other, sharesInBase.containsKey(function.name()));
            sharesInTest.merge(function.name(), share(function, this.test), Double::sum);
        }
        sharesInBase.forEach((name, share) -> moved.add(new Moved(name, share, sharesInTest.getOrDefault(name, 0.0))));
        sharesInTest.forEach((name, share) -> {
            if (!sharesInBase.containsKey(name)) {
                moved.add(new Moved(name, 0, share));
            }
        });
        moved.sort(Comparator.comparingDouble(Moved::distance).reversed().thenComparing(Moved::name));
    }

    /** Of a profile of the optimiser, without what is context sensitive. */
    private static Sums sums(IndexedContent profile) {
        Sums sums = new Sums();
        boolean isIr = (profile.version() & Variant.IR) != 0;
        for (ProfiledFunction function : profile.functions()) {
            if (!isIr || !function.isContextSensitive()) {
                sums.counts += unsigned(function.sum());
                for (int kind = 0; kind < ValueKind.COUNT; kind++) {
                    sums.values[kind] += unsigned(function.sumOfValues(kind));
                }
            }
        }
        return sums;
    }

    private static double unsigned(long number) {
        return number >= 0 ? number : (number >>> 1) * 2.0;
    }

    private static double share(ProfiledFunction function, Sums all) {
        return all.counts < 1 ? 0 : unsigned(function.sum()) / all.counts;
    }

    private void add(ProfiledFunction function, ProfiledFunction other, boolean hasName) {
        if (!hasName) {
            addAll(onlyInTest, function);
        } else if (function.sum() == 0) {
            both.functions++;
        } else if (other == null || !hasSameShape(function, other)) {
            addAll(mismatched, function);
        } else {
            addCommon(function, other);
        }
    }

    private static boolean hasSameShape(ProfiledFunction a, ProfiledFunction b) {
        boolean same = a.size() == b.size();
        for (int kind = 0; kind < ValueKind.COUNT; kind++) {
            same &= a.sites(kind) == b.sites(kind);
        }
        return same;
    }

    private void addAll(Part part, ProfiledFunction function) {
        part.functions++;
        part.counts += unsigned(function.sum()) / test.counts;
        for (int kind = 0; kind < ValueKind.COUNT; kind++) {
            if (test.values[kind] >= 1) {
                part.values[kind] += unsigned(function.sumOfValues(kind)) / test.values[kind];
            }
        }
    }

    private void addCommon(ProfiledFunction function, ProfiledFunction other) {
        both.functions++;
        for (int i = 0; i < function.size(); i++) {
            both.counts += score(other.counter(i), function.counter(i), base.counts, test.counts);
        }
        for (int kind = 0; kind < ValueKind.COUNT; kind++) {
            for (int site = 0; site < function.sites(kind); site++) {
                both.values[kind] += score(
                        kind,
                        other.values().get(kind).get(site),
                        function.values().get(kind).get(site));
            }
        }
    }

    private static double score(long a, long b, double sumOfA, double sumOfB) {
        return sumOfA < 1 || sumOfB < 1 ? 0 : Math.min(unsigned(a) / sumOfA, unsigned(b) / sumOfB);
    }

    /** A value may be there several times: those outside of the program have no name. */
    private double score(int kind, List<ProfiledValue> ours, List<ProfiledValue> others) {
        List<ProfiledValue> own = byValue(ours);
        double score = 0;
        int at = 0;
        for (ProfiledValue other : byValue(others)) {
            while (at < own.size() && Long.compareUnsigned(own.get(at).value(), other.value()) < 0) {
                at++;
            }
            if (at < own.size() && own.get(at).value() == other.value()) {
                score += score(own.get(at++).count(), other.count(), base.values[kind], test.values[kind]);
            }
        }
        return score;
    }

    private static List<ProfiledValue> byValue(List<ProfiledValue> values) {
        List<ProfiledValue> sorted = new ArrayList<>(values);
        UnstableSort.sort(sorted, (a, b) -> Long.compareUnsigned(a.value(), b.value()));
        return sorted;
    }

    /**
     * The number of functions that both profiles have, with the same hash.
     *
     * @return 0 or more
     */
    public long functionsInBoth() {
        return both.functions;
    }

    /**
     * The number of functions of the second profile that the first one has with another hash.
     *
     * @return 0 or more
     */
    public long functionsMismatched() {
        return mismatched.functions;
    }

    /**
     * The number of functions that only the second profile has.
     *
     * @return 0 or more
     */
    public long functionsOnlyInTest() {
        return onlyInTest.functions;
    }

    /**
     * How much of the counts both profiles have.
     *
     * @return 0 to 1
     */
    public double overlap() {
        return both.counts;
    }

    /**
     * How much of the second profile's counts are of functions with another hash.
     *
     * @return 0 to 1
     */
    public double mismatched() {
        return mismatched.counts;
    }

    /**
     * How much of the second profile's counts are of functions that only it has.
     *
     * @return 0 to 1
     */
    public double onlyInTest() {
        return onlyInTest.counts;
    }

    /**
     * The sum of the first profile's counts.
     *
     * @return 0 or more
     */
    public double baseSum() {
        return base.counts;
    }

    /**
     * The sum of the second profile's counts.
     *
     * @return 0 or more
     */
    public double testSum() {
        return test.counts;
    }

    /**
     * How much of the values of a kind both profiles have.
     *
     * @param kind the kind
     * @return 0 to 1; -1 if neither has any
     */
    public double overlapOfValues(ValueKind kind) {
        int number = kind.number();
        return base.values[number] < 1 && test.values[number] < 1 ? -1 : both.values[number];
    }

    /**
     * The functions whose share of the counts differs.
     *
     * @return those that differ most first; of all functions of both
     */
    public List<Moved> moved() {
        return moved;
    }
}
