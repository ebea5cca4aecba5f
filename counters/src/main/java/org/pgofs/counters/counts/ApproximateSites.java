package org.pgofs.counters.counts;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The value sites of an image at which values may be approximate. After a reset, the value of a site is what a sample has
 * less what it had. But the compiler's runtime has room for some values of a site only, and makes room for a new one by
 * lowering the count of the rarest: from then on, that difference is not exact. Guarded by the store's lock.
 */
final class ApproximateSites {
    /** How many values of a site the compiler's runtime keeps, unless LLVM_VP_MAX_NUM_VALS_PER_SITE tells it otherwise. */
    private static final int KEPT = 24;

    /** Further sites of ended members are not counted. */
    private static final int MOST = 1 << 16;

    /** Those of ended members, since the last reset. */
    private final Set<Integer> ofEnded = new HashSet<>();

    private long resets;

    /**
     * The sites of a sample that is a difference, and at which values may have been replaced.
     *
     * @param values of the sample
     * @param leftOut the sites of which something is subtracted, in order
     */
    static int[] of(ValueList values, int[] leftOut) {
        int[] sites = values.sites();
        int[] found = new int[leftOut.length];
        int size = 0;
        for (int end = KEPT; end <= sites.length; end++) {
            boolean isLast = end == sites.length || sites[end] != sites[end - 1];
            if (isLast && sites[end - KEPT] == sites[end - 1] && Arrays.binarySearch(leftOut, sites[end - 1]) >= 0) {
                found[size++] = sites[end - 1];
            }
        }
        return Arrays.copyOf(found, size);
    }

    /**
     * Notes those of a member that has ended.
     *
     * @param resetsSoFar of the image: another one drops them
     */
    void addEnded(int[] sites, long resetsSoFar) {
        if (resets != resetsSoFar) {
            ofEnded.clear();
            resets = resetsSoFar;
        }
        for (int site : sites) {
            if (ofEnded.size() < MOST) {
                ofEnded.add(site);
            }
        }
    }

    /**
     * How many there are.
     *
     * @param live of live members, in any order
     * @param sum what is served before it is clamped: where something is less than 0, values were replaced
     */
    int count(Set<Integer> live, ValueCounts sum, long resetsSoFar) {
        Set<Integer> all = new HashSet<>(live);
        if (resets == resetsSoFar) {
            all.addAll(ofEnded);
        }
        sum.forEach((site, value, count) -> {
            if (count < 0) {
                all.add(site);
            }
        });
        return all.size();
    }
}
