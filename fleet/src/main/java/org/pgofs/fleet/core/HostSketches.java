package org.pgofs.fleet.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pgofs.counters.image.Names;

/**
 * How much hosts are alike, without what each of them counted in full: each has a sketch of 4,096 sums, or fewer where hosts
 * are so many that all sketches would have more than 64 MiB. It adds up in any order and grouping. Not thread-safe.
 *
 * <p>Two counters that meet in one sum look like one. So an overlap is never too small, but too large by about n/4096 at most,
 * where n counters make up most of what the hosts counted.
 */
public final class HostSketches {
    private static final int MOST_BUCKETS = 4096;
    private static final int ALL_BUCKETS = 1 << 23;
    private static final int MOST_COMPARED = 64;

    private final TreeMap<String, CountSketch> hosts = new TreeMap<>();

    /** Of no hosts. */
    public HostSketches() {}

    /** For a number of hosts. */
    private static int buckets(int hosts) {
        return Math.min(MOST_BUCKETS, Math.max(2, Integer.highestOneBit(ALL_BUCKETS / Math.max(1, hosts))));
    }

    /**
     * Adds a piece.
     *
     * @param host whose it is
     * @param piece the piece
     */
    public void add(String host, Piece piece) {
        of(host).add(piece);
    }

    private CountSketch of(String host) {
        CountSketch sketch = hosts.get(host);
        if (sketch == null) {
            fold(buckets(hosts.size() + 1));
            sketch = new CountSketch(buckets(hosts.size() + 1));
            hosts.put(host, sketch);
        }
        return sketch;
    }

    private void fold(int buckets) {
        if (!hosts.isEmpty() && buckets < buckets(hosts.size())) {
            hosts.replaceAll((host, sketch) -> sketch.foldedTo(buckets));
        }
    }

    /**
     * Adds others, which stay as they are.
     *
     * @param other of other pieces
     */
    public void add(HostSketches other) {
        other.hosts.keySet().forEach(this::of);
        other.hosts.forEach((host, sketch) -> of(host).add(sketch.foldedTo(buckets(hosts.size()))));
    }

    /**
     * How much of its counts each host has in common with the others: the median of its overlaps with each of them, of an even
     * number the larger one in the middle. An overlap is that of {@code llvm-profdata overlap}. Of more than 64 others, 64 are
     * compared, whom a hash of their names chooses.
     *
     * @return 0 to 1 by host, without those that counted nothing; empty if fewer than two have counted
     */
    public Map<String, Double> overlaps() {
        TreeMap<String, double[]> compared = new TreeMap<>();
        for (String host : inOrderOfHashes()) {
            double[] shares = hosts.get(host).shares();
            if (shares != null && compared.size() <= MOST_COMPARED) {
                compared.put(host, shares);
            }
        }
        Map<String, Double> overlaps = new TreeMap<>();
        if (compared.size() > 1) {
            hosts.forEach((host, sketch) -> {
                double[] shares = sketch.shares();
                if (shares != null) {
                    overlaps.put(host, median(host, shares, compared));
                }
            });
        }
        return overlaps;
    }

    private List<String> inOrderOfHashes() {
        Map<String, Long> hashes = new TreeMap<>();
        Names.Hash hash = new Names.Hash();
        for (String host : hosts.keySet()) {
            byte[] name = host.getBytes(StandardCharsets.UTF_8);
            hashes.put(host, hash.of(name, 0, name.length));
        }
        List<String> order = new ArrayList<>(hosts.keySet());
        order.sort(Comparator.comparing(hashes::get));
        return order;
    }

    private static double median(String host, double[] shares, Map<String, double[]> compared) {
        double[] overlaps = compared.entrySet().stream()
                .filter(other -> !other.getKey().equals(host))
                .mapToDouble(other -> CountSketch.overlap(shares, other.getValue()))
                .toArray();
        Arrays.sort(overlaps);
        return overlaps[overlaps.length / 2];
    }

    /**
     * Writes all of it for another process of the same version of pgofs.
     *
     * @param out where to
     * @throws IOException if it cannot be written
     */
    public void write(DataOutput out) throws IOException {
        out.writeInt(hosts.size());
        for (Map.Entry<String, CountSketch> host : hosts.entrySet()) {
            out.writeUTF(host.getKey());
            host.getValue().write(out);
        }
    }

    /**
     * Reads what was written.
     *
     * @param in what {@link #write} wrote
     * @return the same
     * @throws IOException if it cannot be read
     */
    public static HostSketches read(DataInput in) throws IOException {
        HostSketches read = new HostSketches();
        for (int left = in.readInt(); left > 0; left--) {
            read.hosts.put(in.readUTF(), CountSketch.read(in));
        }
        return read;
    }
}
