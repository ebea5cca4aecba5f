package org.pgofs.profdata;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.Saturated;
import org.pgofs.profdata.format.UnstableSort;

/**
 * What the value sites of one function observed, of one image after another, as llvm-profdata adds them up: by then the
 * values have the names of functions. Not thread-safe.
 */
final class ValueSites {
    /** The size of the value data of a function without sites, and of what a kind that has sites begins with. */
    static final int HEAD = 2 * Integer.BYTES;

    private static final int PAIR = 2 * Long.BYTES;

    /** No values, however many sites there are. */
    static final ValueSites NONE = new ValueSites(List.of());

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

    /** The values of a site. */
    List<Pair> at(int kind, int site) {
        return kinds.isEmpty() ? List.of() : kinds.get(kind).get(site);
    }

    /** The number of values. Most functions have none, and make no object here. */
    long size() {
        if (kinds.isEmpty()) {
            return 0;
        }
        long size = 0;
        for (List<List<Pair>> sites : kinds) {
            for (List<Pair> pairs : sites) {
                size += pairs.size();
            }
        }
        return size;
    }

    /** How many bytes some values take up. */
    static long sizeOf(long values) {
        return values * PAIR;
    }
}
