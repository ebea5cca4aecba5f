package org.pgofs.counters;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * A set of inode numbers of one tmpfs, where they ascend: a bit for each. There may be millions, since anyone may make files;
 * it takes up 32 MiB at most.
 */
final class FileNumbers {
    private static final int PAGE_BITS = 16;
    private static final int PAGES = 1 << 12;

    private final Map<Long, BitSet> pages = new HashMap<>();
    private long size;

    /** Adds a number, unless it is there or there is no room for it. */
    void add(long number) {
        BitSet page = pages.get(number >>> PAGE_BITS);
        if (page == null) {
            if (pages.size() >= PAGES) {
                return;
            }
            page = new BitSet(1 << PAGE_BITS);
            pages.put(number >>> PAGE_BITS, page);
        }
        int bit = bit(number);
        if (!page.get(bit)) {
            page.set(bit);
            size++;
        }
    }

    boolean contains(long number) {
        BitSet page = pages.get(number >>> PAGE_BITS);
        return page != null && page.get(bit(number));
    }

    long size() {
        return size;
    }

    private static int bit(long number) {
        return (int) number & ((1 << PAGE_BITS) - 1);
    }
}
