package org.pgofs.profdata;

import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;

/** The counts of the records of an indexed profile, added up over the functions that share a record. Immutable. */
final class RecordCounts {
    private static final ValueKind[] KINDS = ValueKind.values();

    /** Sums do not reach the marks of what is hot or warm. */
    private static final long GREATEST = -3;

    private final Records records;
    private final FunctionOrder order;
    private final Snapshot[] snapshots;
    private final ValueTargets[] targets;
    private final int unit;

    /**
     * Counts.
     *
     * @param snapshots of the images of the records, in their order
     */
    RecordCounts(Records records, List<Snapshot> snapshots) {
        this.records = records;
        order = records.order();
        this.snapshots = snapshots.toArray(Snapshot[]::new);
        targets = snapshots.stream().map(ValueTargets::of).toArray(ValueTargets[]::new);
        unit = snapshots.isEmpty()
                ? Long.BYTES
                : Variant.counterSize(snapshots.get(0).image().rawVersion());
    }

    /** A counter of a record. */
    long counter(int at, int index) {
        int end = order.nextRecord(at);
        long sum = counterOf(at, index);
        for (int source = at + 1; source < end; source++) {
            sum = sum(sum, counterOf(source, index));
        }
        return sum;
    }

    private long counterOf(int source, int index) {
        int image = order.image(source);
        Snapshot snapshot = snapshots[image];
        int offset = snapshot.image().countersOffset(order.function(source)) + (records.times() + index) * unit;
        return unit == Long.BYTES
                ? snapshot.counters().getLong(offset)
                : snapshot.counters().get(offset) == 0 ? 1 : 0;
    }

    /** Nothing is added to a mark, and sums do not become one. */
    private static long sum(long held, long more) {
        if (held == 0) {
            return more;
        }
        long sum = held + more;
        boolean overflow = Long.compareUnsigned(sum, held) < 0 || Long.compareUnsigned(sum, GREATEST) > 0;
        return overflow ? GREATEST : sum;
    }

    /** A byte of the bitmap of a record. */
    int bitmap(int at, int index) {
        int end = order.nextRecord(at);
        int bits = 0;
        for (int source = at; source < end; source++) {
            if (isWhole(at, source)) {
                Snapshot snapshot = snapshots[order.image(source)];
                int offset = snapshot.image().bitmapOffset(order.function(source)) + index;
                bits |= Byte.toUnsignedInt(snapshot.bitmaps().get(offset));
            }
        }
        return bits;
    }

    /** Of those with another bitmap than the first one, the counters alone are added. */
    private boolean isWhole(int record, int source) {
        return source == record || records.bitmapSize(source) == records.bitmapSize(record);
    }

    /** How many values a record has. */
    long valueCount(int at) {
        if (order.nextRecord(at) > at + 1) {
            return values(at).size();
        }
        ValueCounts observed = snapshots[order.image(at)].values();
        int site = records.image(at).valueSite(order.function(at));
        int end = site + sites(at);
        long count = 0;
        if (observed.isAnyOf(site, end)) {
            for (; site < end; site++) {
                count += Math.min(Snapshot.MAX_VALUES, observed.count(site));
            }
        }
        return count;
    }

    /** How many sites a function has. */
    private int sites(int source) {
        int sites = 0;
        for (int kind = 0; kind < records.layout().valueKinds(); kind++) {
            sites += records.sites(source, kind);
        }
        return sites;
    }

    /** The values of a record. */
    ValueSites values(int at) {
        int end = order.nextRecord(at);
        boolean isAny = false;
        for (int source = at; source < end; source++) {
            isAny |= hasValues(source);
        }
        if (!isAny) {
            return ValueSites.NONE;
        }
        ValueSites sum = new ValueSites(valuesOf(at));
        for (int source = at + 1; source < end; source++) {
            if (isWhole(at, source)) {
                sum.add(valuesOf(source));
            }
        }
        return sum;
    }

    private boolean hasValues(int source) {
        int site = snapshots[order.image(source)].image().valueSite(order.function(source));
        return snapshots[order.image(source)].values().isAnyOf(site, site + sites(source));
    }

    private List<List<List<ValueSites.Pair>>> valuesOf(int source) {
        int number = order.image(source);
        Image image = snapshots[number].image();
        List<List<List<ValueSites.Pair>>> kinds = new ArrayList<>();
        int site = image.valueSite(order.function(source));
        for (int kind = 0; kind < records.layout().valueKinds(); kind++) {
            List<List<ValueSites.Pair>> sites = new ArrayList<>();
            for (int i = records.sites(source, kind); i > 0; i--) {
                sites.add(pairs(number, KINDS[kind], site++));
            }
            kinds.add(sites);
        }
        return kinds;
    }

    private List<ValueSites.Pair> pairs(int image, ValueKind kind, int site) {
        List<ValueSites.Pair> pairs = new ArrayList<>();
        snapshots[image]
                .values()
                .forEach(
                        site,
                        (same, value, count) -> pairs.add(new ValueSites.Pair(targets[image].of(kind, value), count)));
        return pairs;
    }
}
