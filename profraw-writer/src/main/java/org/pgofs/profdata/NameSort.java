package org.pgofs.profdata;

import java.util.SplittableRandom;

/**
 * Sorts names by their bytes, eight of them at a time (multikey quicksort): names of C++ have long beginnings in common, which
 * are compared once and not with each other name. Where a part is divided is drawn by lot, so that nobody can lay out names
 * that take long to sort.
 */
final class NameSort {
    private final SplittableRandom random = new SplittableRandom();
    private final NameStore names;
    private final int[] order;
    /** The next eight bytes of each name. */
    private final long[] words;

    private NameSort(NameStore names) {
        this.names = names;
        order = new int[names.size()];
        words = new long[order.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
    }

    /** The numbers of all names, in the order of their bytes. No two of them are the same name. */
    static int[] of(NameStore names) {
        NameSort sort = new NameSort(names);
        sort.load(0, sort.order.length, 0);
        sort.sort(0, sort.order.length, 0);
        return sort.order;
    }

    private void load(int begin, int end, int depth) {
        for (int i = begin; i < end; i++) {
            words[i] = names.word(order[i], depth);
        }
    }

    /** Sorts names that have so many bytes in common. */
    private void sort(int begin, int end, int common) {
        int from = begin;
        int to = end;
        int depth = common;
        while (to - from > 1) {
            long pivot = words[from + random.nextInt(to - from)];
            int low = from;
            int high = to;
            int at = from;
            while (at < high) {
                int comparison = Long.compareUnsigned(words[at], pivot);
                if (comparison < 0) {
                    swap(low++, at++);
                } else if (comparison > 0) {
                    swap(at, --high);
                } else {
                    at++;
                }
            }
            sort(from, low, depth);
            sort(high, to, depth);
            depth += Long.BYTES;
            from = endedFirst(low, high, depth);
            to = high;
            load(from, to, depth);
        }
    }

    /** Puts those that have ended before others, the shorter ones first: there are eight at most. Returns where others begin. */
    private int endedFirst(int begin, int end, int depth) {
        int ended = begin;
        for (int i = begin; i < end; i++) {
            if (names.length(order[i]) <= depth) {
                swap(ended, i);
                for (int at = ended++; at > begin && length(at) < length(at - 1); at--) {
                    swap(at, at - 1);
                }
            }
        }
        return ended;
    }

    private int length(int at) {
        return names.length(order[at]);
    }

    private void swap(int a, int b) {
        int name = order[a];
        order[a] = order[b];
        order[b] = name;
        long word = words[a];
        words[a] = words[b];
        words[b] = word;
    }
}
