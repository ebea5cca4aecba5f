package org.pgofs.counters.limits;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * A set of inode numbers of one tmpfs, where they ascend: one bit each. Anyone may make files, so there may be millions
 * of numbers; the set takes up 8 MiB at most.
 */
final class InodeSet {
    private static final int PAGE_BITS = 16;
    private static final int PAGES = 1 << 10;

    private final Map<Long, BitSet> pages = new HashMap<>();
    private long size;

    /**
     * Adds an inode number, if there is room for it.
     *
     * @return whether the number is in the set now
     */
    boolean add(long inode) {
        BitSet page = page(inode >>> PAGE_BITS);
        if (page == null) {
            return false;
        }
        int bit = bit(inode);
        if (!page.get(bit)) {
            page.set(bit);
            size++;
        }
        return true;
    }

    private BitSet page(long key) {
        BitSet page = pages.get(key);
        if (page == null && pages.size() < PAGES) {
            page = new BitSet(1 << PAGE_BITS);
            pages.put(key, page);
        }
        return page;
    }

    /** Adds those of another set for which there is room. */
    void addAll(InodeSet others) {
        others.pages.forEach((key, numbers) -> {
            BitSet page = page(key);
            if (page != null) {
                size -= page.cardinality();
                page.or(numbers);
                size += page.cardinality();
            }
        });
    }

    boolean contains(long inode) {
        BitSet page = pages.get(inode >>> PAGE_BITS);
        return page != null && page.get(bit(inode));
    }

    long size() {
        return size;
    }

    private static int bit(long inode) {
        return (int) inode & ((1 << PAGE_BITS) - 1);
    }
}
