package org.pgofs.fleet.job;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.pgofs.counters.format.Variant;
import org.pgofs.fleet.store.PieceName;

/**
 * Adds up pieces, judges the hosts by what they brought, and does what is asked of their counts. If some are to be left out or
 * scaled down, all pieces are read a second time: those of each host that is scaled down by themselves, since a sum of many
 * pieces can be scaled better than each of them.
 */
public final class QualityMerge {
    private final Merger merger;
    private final Demands demands;

    /**
     * What a merge gives.
     *
     * @param result the sum, and what was left out; without hosts that are
     * @param quality of all hosts
     */
    public record Merged(PartialResult result, HostQuality quality) {}

    /**
     * A way to add up.
     *
     * @param merger that does it
     * @param demands what is asked of hosts
     */
    public QualityMerge(Merger merger, Demands demands) {
        this.merger = merger;
        this.demands = demands;
    }

    /**
     * Adds up.
     *
     * @param pieces of one image and variant
     * @param progress may be told how many pieces were looked at, by any thread; starts again for a second look
     * @return the result
     * @throws IOException if it cannot be done, or no host is as it is asked for; the message says why
     */
    public Merged merge(List<PieceName> pieces, IntConsumer progress) throws IOException {
        PartialResult all = merger.merge(pieces, progress);
        boolean areMarks = !all.sum().isEmpty() && Variant.counterSize(all.sum().rawVersion()) == Byte.BYTES;
        HostQuality quality = HostQuality.of(demands, all, areMarks);
        Map<String, HostQuality.Host> hosts = quality.hosts();
        if (!hosts.isEmpty() && hosts.values().stream().allMatch(HostQuality.Host::isLeftOut)) {
            throw new IOException("no host has " + demands.minOverlap().toPlainString()
                    + " % of its counts in common with the others: ask for less by --min-overlap");
        }
        if (hosts.values().stream().noneMatch(host -> host.isLeftOut() || host.limit() != null)) {
            return new Merged(all, quality);
        }
        PartialResult sum = merger.merge(of(pieces, name -> isWhole(hosts.get(name))), progress);
        for (Map.Entry<String, HostQuality.Host> host : hosts.entrySet()) {
            if (host.getValue().limit() != null) {
                PartialResult own = merger.merge(of(pieces, host.getKey()::equals), progress);
                sum.add(own.scaled(host.getValue().limit()));
            }
        }
        all.rejected().forEach(sum::reject);
        return new Merged(sum, quality);
    }

    /** Of a host without a sound piece nothing can be added. */
    private static boolean isWhole(HostQuality.Host host) {
        return host != null && !host.isLeftOut() && host.limit() == null;
    }

    private static List<PieceName> of(List<PieceName> pieces, Predicate<String> host) {
        return pieces.stream().filter(piece -> host.test(piece.host())).toList();
    }
}
