package org.pgofs.daemon.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pgofs.profdata.read.IndexedContent;
import org.pgofs.profdata.read.ProfiledFunction;

/**
 * How much of a profile a program can use: a compiler takes the counts of a function if its name and the hash of its control
 * flow are those of the profile.
 */
final class ProfileCheck {
    private final int functions;
    private int same;
    private final List<Lost> changed = new ArrayList<>();
    private final List<Lost> gone = new ArrayList<>();
    private double all;
    private double left;

    /**
     * A function whose counts are of no use.
     *
     * @param name its name
     * @param counts the sum of its counts
     */
    record Lost(String name, double counts) {}

    /** The counts of one name. */
    private static final class OfName {
        private double counts;
        private double useful;
        private boolean matches;
    }

    /**
     * Checks.
     *
     * @param profile the profile
     * @param program hashes by names
     */
    ProfileCheck(IndexedContent profile, Map<String, Set<Long>> program) {
        functions = program.size();
        Map<String, OfName> names = new HashMap<>();
        for (ProfiledFunction function : profile.functions()) {
            OfName ofName = names.computeIfAbsent(function.name(), name -> new OfName());
            double counts = sum(function);
            ofName.counts += counts;
            if (program.getOrDefault(function.name(), Set.of()).contains(function.hash())) {
                ofName.matches = true;
                ofName.useful += counts;
            }
        }
        names.forEach((name, ofName) -> {
            all += ofName.counts;
            left += ofName.useful;
            if (ofName.matches) {
                same++;
            } else {
                (program.containsKey(name) ? changed : gone).add(new Lost(name, ofName.counts));
            }
        });
        Comparator<Lost> most =
                Comparator.comparingDouble(Lost::counts).reversed().thenComparing(Lost::name);
        changed.sort(most);
        gone.sort(most);
    }

    private static double sum(ProfiledFunction function) {
        double sum = 0;
        for (int i = 0; i < function.size(); i++) {
            sum += function.counter(i);
        }
        return sum;
    }

    /** The number of functions of the program. */
    int functions() {
        return functions;
    }

    /** Of these, those with a profile that they can use. */
    int same() {
        return same;
    }

    /** Those that the program has with another hash, the most counted first. */
    List<Lost> changed() {
        return changed;
    }

    /** Those that the program does not have, the most counted first. */
    List<Lost> gone() {
        return gone;
    }

    /** How much of the counts some functions have, 0 to 1. */
    double share(List<Lost> lost) {
        return all == 0 ? 0 : lost.stream().mapToDouble(Lost::counts).sum() / all;
    }

    /** How much of the counts the program can use, 0 to 1. */
    double left() {
        return all == 0 ? 0 : left / all;
    }
}
