package org.pgofs.profdata;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The order in which llvm-profdata writes the function hashes of one name: that of its hash table (LLVM's SmallDenseMap of
 * four places that need no allocation). Readers do not depend on it.
 */
final class HashOrder {
    private static final int FIRST_SIZE = 4;
    private static final int SECOND_SIZE = 64;
    private static final long MULTIPLIER = 0xbf58_476d_1ce4_e5b9L;
    private static final int SHIFT = 31;

    /**
     * Steps for each hash. Programs choose the hashes, and could choose such that fall into one place: where it takes as many,
     * the order is another one.
     */
    private static final int MOST_STEPS = 64;

    private final LongIds hashes;
    /** Numbers and 1, or 0. */
    private int[] table = new int[FIRST_SIZE];

    private long stepsLeft;

    private HashOrder(LongIds hashes) {
        this.hashes = hashes;
        stepsLeft = (long) MOST_STEPS * hashes.size();
    }

    /**
     * Sorts.
     *
     * @param hashes in the order in which they were found
     * @return their numbers
     */
    static int[] of(LongIds hashes) {
        HashOrder order = new HashOrder(hashes);
        for (int number = 0; number < hashes.size(); number++) {
            if (4L * (number + 1) >= 3L * order.table.length) {
                order.grow();
            }
            order.insert(number + 1);
        }
        return (order.stepsLeft > 0
                        ? Arrays.stream(order.table).filter(held -> held != 0).map(held -> held - 1)
                        : IntStream.range(0, hashes.size()))
                .toArray();
    }

    private void grow() {
        int[] before = table;
        table = new int[Math.max(SECOND_SIZE, Math.multiplyExact(2, before.length))];
        for (int held : before) {
            if (held != 0) {
                insert(held);
            }
        }
    }

    private void insert(int held) {
        long mixed = hashes.at(held - 1) * MULTIPLIER;
        int at = (int) (mixed ^ (mixed >>> SHIFT)) & (table.length - 1);
        for (int step = 1; table[at] != 0 && stepsLeft > 0; step++) {
            at = (at + step) & (table.length - 1);
            stepsLeft--;
        }
        table[at] = held;
    }
}
