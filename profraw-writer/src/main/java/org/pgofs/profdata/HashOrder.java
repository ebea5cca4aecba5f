package org.pgofs.profdata;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The order in which llvm-profdata writes the function hashes of one name: that of its hash table (LLVM's SmallDenseMap of
 * four places that need no allocation). Readers do not depend on it.
 */
final class HashOrder {
    private static final int FIRST_SIZE = 4;
    private static final int SECOND_SIZE = 64;
    private static final long MULTIPLIER = 0xbf58_476d_1ce4_e5b9L;
    private static final int SHIFT = 31;

    private HashOrder() {}

    /**
     * Sorts.
     *
     * @param hashes distinct, in the order in which they were found
     */
    static List<Long> of(List<Long> hashes) {
        List<Long> table = empty(FIRST_SIZE);
        int entries = 0;
        for (Long hash : hashes) {
            entries++;
            if (4 * entries >= 3 * table.size()) {
                List<Long> larger = empty(Math.max(SECOND_SIZE, 2 * table.size()));
                table.stream().filter(held -> held != null).forEach(held -> insert(larger, held));
                table = larger;
            }
            insert(table, hash);
        }
        return table.stream().filter(held -> held != null).toList();
    }

    private static List<Long> empty(int size) {
        return new ArrayList<>(Collections.nCopies(size, null));
    }

    private static void insert(List<Long> table, long hash) {
        long mixed = hash * MULTIPLIER;
        int at = (int) (mixed ^ (mixed >>> SHIFT)) & (table.size() - 1);
        for (int step = 1; table.get(at) != null; step++) {
            at = (at + step) & (table.size() - 1);
        }
        table.set(at, hash);
    }
}
