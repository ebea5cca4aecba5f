package org.pgofs.profdata;

import java.security.SecureRandom;

/** Numbers for different longs, in the order in which they come: 0, 1 and so on. Not thread-safe while it is changed. */
final class LongIds {
    private static final long ODD = 0x9E37_79B9_7F4A_7C15L;

    /** Programs choose the longs: without it they could choose such that fall into one slot. */
    private static final long SECRET = new SecureRandom().nextLong();

    private final long[] values;
    /** Open addressing: a number and 1, or 0. A third at least is free. */
    private final int[] slots;

    private int size;

    /**
     * Nothing yet.
     *
     * @param most how many different ones may come
     */
    LongIds(int most) {
        values = new long[most];
        slots = new int[2 * Integer.highestOneBit(Math.addExact(most, most / 2) | 1)];
    }

    /** The number of a long, which is a new one if it has not come before. */
    int add(long value) {
        int slot = slot(value);
        if (slots[slot] == 0) {
            values[size] = value;
            slots[slot] = ++size;
        }
        return slots[slot] - 1;
    }

    /** The number of a long, less than 0 if it has not come. */
    int find(long value) {
        return slots[slot(value)] - 1;
    }

    private int slot(long value) {
        int mask = slots.length - 1;
        long mixed = (value ^ SECRET) * ODD;
        mixed = (mixed ^ (mixed >>> 32)) * ODD;
        int slot = (int) (mixed ^ (mixed >>> 32)) & mask;
        while (slots[slot] != 0 && values[slots[slot] - 1] != value) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    long at(int number) {
        return values[number];
    }

    int size() {
        return size;
    }
}
