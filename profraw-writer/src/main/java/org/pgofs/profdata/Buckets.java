package org.pgofs.profdata;

import java.io.IOException;
import java.util.Arrays;

/**
 * Which names are in which bucket of a profile's hash table, and in which order. It is the order in which llvm-profdata 17
 * and newer write them (LLVM's OnDiskChainedHashTableGenerator, filled with sorted names): each name goes to the head of
 * its chain, and when the table grows, all names go to the heads of new ones. Readers do not depend on the order. Immutable.
 */
final class Buckets {
    private static final int FIRST_SIZE = 64;
    /** No name. */
    static final int END = -1;

    /** Chains say their length in 16 bits. */
    private static final int MAX_CHAIN = 0xffff;

    private int[] heads = chains(FIRST_SIZE);
    /** The name behind each in its chain. */
    private final int[] next;

    private final long[] hashes;

    /**
     * Puts names into buckets.
     *
     * @param hashes of the names, which are sorted and known by their number
     * @throws IOException if one bucket would have more than a file can say
     */
    Buckets(long[] hashes) throws IOException {
        this.hashes = hashes;
        next = new int[hashes.length];
        for (int name = 0; name < hashes.length; name++) {
            if (4L * (name + 1) >= 3L * heads.length) {
                resize(2 * heads.length);
            }
            insert(name);
        }
        resize(size(hashes.length));
        check();
    }

    /** The number of buckets for some names. */
    static int size(int names) {
        return names <= 2 ? 1 : Math.toIntExact(2 * Long.highestOneBit(4L * names / 3));
    }

    private static int[] chains(int size) {
        int[] chains = new int[size];
        Arrays.fill(chains, END);
        return chains;
    }

    private void insert(int name) {
        int bucket = (int) hashes[name] & (heads.length - 1);
        next[name] = heads[bucket];
        heads[bucket] = name;
    }

    private void resize(int size) {
        if (size == heads.length) {
            return;
        }
        int[] old = heads;
        heads = chains(size);
        for (int head : old) {
            int name = head;
            while (name != END) {
                int behind = next[name];
                insert(name);
                name = behind;
            }
        }
    }

    private void check() throws IOException {
        for (int bucket = 0; bucket < heads.length; bucket++) {
            if (length(bucket) > MAX_CHAIN) {
                throw new IOException(
                        "more than " + MAX_CHAIN + " names of functions have hashes that are too much alike");
            }
        }
    }

    int size() {
        return heads.length;
    }

    private int length(int bucket) {
        int length = 0;
        for (int name = heads[bucket]; name != END; name = next[name]) {
            length++;
        }
        return length;
    }

    /** The first name in a bucket, or {@link #END}. */
    int first(int bucket) {
        return heads[bucket];
    }

    /** The name behind one in its bucket, or {@link #END}. */
    int next(int name) {
        return next[name];
    }
}
