package org.pgofs.profdata;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.Saturated;

/**
 * What the value sites of one function observed, of one image after another, as llvm-profdata adds them up: by then the
 * values have the names of functions. Not thread-safe.
 */
final class ValueSites {
    private static final int HEAD = 2 * Integer.BYTES;
    private static final int PAIR = 2 * Long.BYTES;

    private static final Comparator<Pair> BY_VALUE = (a, b) -> Long.compareUnsigned(a.value, b.value);
    private static final Comparator<Pair> MOST_FREQUENT = (a, b) -> Long.compareUnsigned(b.count, a.count);

    /** By kind, and by site. */
    private final List<List<List<Pair>>> kinds;

    /** A value, and how often it was observed. */
    record Pair(long value, long count) {}

    /** The values of the first image. */
    ValueSites(List<List<List<Pair>>> kinds) {
        this.kinds = new ArrayList<>();
        kinds.forEach(sites -> {
            List<List<Pair>> own = new ArrayList<>();
            sites.forEach(pairs -> own.add(cut(pairs)));
            this.kinds.add(own);
        });
    }

    /** How many bytes the function's value data has without values, for the number of sites of each kind. */
    static long size(int... sitesOfKinds) {
        long size = HEAD;
        for (int sites : sitesOfKinds) {
            size += sites == 0 ? 0 : padded(HEAD + sites);
        }
        return size;
    }

    private static long padded(long size) {
        return (size + Long.BYTES - 1) & -Long.BYTES;
    }

    /** Adds the values of another image; kinds of which it has another number of sites are left out. */
    void add(List<List<List<Pair>>> others) {
        for (int kind = 0; kind < kinds.size(); kind++) {
            List<List<Pair>> sites = kinds.get(kind);
            if (sites.size() == others.get(kind).size()) {
                for (int site = 0; site < sites.size(); site++) {
                    sites.set(site, cut(merged(sites.get(site), others.get(kind).get(site))));
                }
            }
        }
    }

    private static List<Pair> cut(List<Pair> pairs) {
        return pairs.stream().sorted(MOST_FREQUENT).limit(Snapshot.MAX_VALUES).toList();
    }

    /** A value may be there several times: functions outside of an image all have none. */
    private static List<Pair> merged(List<Pair> ours, List<Pair> others) {
        List<Pair> own = byValue(ours);
        List<Pair> merged = new ArrayList<>();
        int at = 0;
        for (Pair other : byValue(others)) {
            while (at < own.size() && Long.compareUnsigned(own.get(at).value, other.value) < 0) {
                merged.add(own.get(at++));
            }
            if (at < own.size() && own.get(at).value == other.value) {
                merged.add(new Pair(other.value, Saturated.sum(own.get(at++).count, other.count)));
            } else {
                merged.add(other);
            }
        }
        merged.addAll(own.subList(at, own.size()));
        return merged;
    }

    private static List<Pair> byValue(List<Pair> pairs) {
        List<Pair> sorted = new ArrayList<>(pairs);
        UnstableSort.sort(sorted, BY_VALUE);
        return sorted;
    }

    /** Puts the value data of the function. */
    void put(ByteBuffer target) {
        int begin = target.position();
        target.putInt(0).putInt(0);
        int used = 0;
        for (int kind = 0; kind < kinds.size(); kind++) {
            List<List<Pair>> sites = kinds.get(kind);
            if (!sites.isEmpty()) {
                used++;
                target.putInt(kind).putInt(sites.size());
                sites.forEach(pairs -> target.put((byte) pairs.size()));
                target.position((int) padded(target.position() - begin) + begin);
                sites.forEach(pairs ->
                        pairs.forEach(pair -> target.putLong(pair.value).putLong(pair.count)));
            }
        }
        target.putInt(begin, target.position() - begin).putInt(begin + Integer.BYTES, used);
    }

    /** How many bytes some values take up. */
    static long sizeOf(long values) {
        return values * PAIR;
    }
}
