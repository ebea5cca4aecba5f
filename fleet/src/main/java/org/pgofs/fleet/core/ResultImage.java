package org.pgofs.fleet.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.Saturated;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.PerImage;

/**
 * The image of a sum, for what writes profiles. Its functions are in an order of their own; of a function that pieces have in
 * several shapes, it has the shape that most records have. A function or vtable has the hash of its name for its address,
 * since that is what the values of a sum are.
 */
final class ResultImage implements Image {
    private static final byte UNCOVERED = (byte) 0xff;

    private static final Comparator<Map.Entry<Long, Long>> MOST_FREQUENT =
            Map.Entry.<Long, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey());

    private final String name;
    private final MergedImage sum;
    private final int[] functions;
    private final int[] countersAt;
    private final int[] bitmapsAt;
    private final int[] sitesAt;
    private final int countersSize;
    private final int bitmapsSize;
    private final int otherShapes;
    private final ByteBuffer names;
    private final ByteBuffer binaryIds;
    private final ByteBuffer vtables;
    private final ConcurrentMap<PerImage<?>, Object> kept = new ConcurrentHashMap<>();

    /**
     * The image of a sum.
     *
     * @param name what it is called in messages
     * @param sum not empty, and not to be changed any more
     * @throws IOException if it has more than a profile can have
     */
    ResultImage(String name, MergedImage sum) throws IOException {
        this.name = name;
        this.sum = sum;
        List<Integer> order = sum.inOrder();
        functions = usual(order);
        otherShapes = order.size() - functions.length;
        countersAt = new int[functions.length];
        bitmapsAt = new int[functions.length];
        sitesAt = new int[functions.length];
        long counters = 0;
        int bitmaps = 0;
        int sites = 0;
        int unit = Variant.counterSize(sum.rawVersion());
        for (int i = 0; i < functions.length; i++) {
            FunctionKey key = sum.key(functions[i]);
            countersAt[i] = (int) counters;
            bitmapsAt[i] = bitmaps;
            sitesAt[i] = sites;
            counters += time() + (long) key.counters() * unit;
            if (counters > Integer.MAX_VALUE - Long.BYTES) {
                throw new IOException("the sum has more counters than one profile can have");
            }
            bitmaps += key.bitmap();
            sites += key.sites();
        }
        countersSize = (int) counters;
        bitmapsSize = bitmaps;
        names = joined(sum.names());
        binaryIds = joined(sum.binaryIds());
        vtables = vtables(sum.vtables());
    }

    /** Of each function the shape of most records; of two with as many, the first in the order. */
    private int[] usual(List<Integer> order) {
        List<Integer> usual = new ArrayList<>();
        for (int function : order) {
            int last = usual.size() - 1;
            if (last < 0 || !sum.key(usual.get(last)).isSameFunction(sum.key(function))) {
                usual.add(function);
            } else if (sum.records(function) > sum.records(usual.get(last))) {
                usual.set(last, function);
            }
        }
        return usual.stream().mapToInt(Integer::intValue).toArray();
    }

    private int time() {
        return Variant.hasTimes(sum.rawVersion()) ? Long.BYTES : 0;
    }

    private static ByteBuffer joined(Collection<Blob> blobs) throws IOException {
        long size = blobs.stream().mapToLong(Blob::size).sum();
        if (size > Integer.MAX_VALUE - Long.BYTES) {
            throw new IOException("the pieces have " + size + " bytes of names, which are too many");
        }
        ByteBuffer all = ByteBuffer.allocate((int) size);
        blobs.forEach(blob -> all.put(blob.buffer()));
        return all.flip();
    }

    private static ByteBuffer vtables(Collection<Blob> blobs) {
        SortedSet<Long> hashes = new TreeSet<>();
        for (Blob blob : blobs) {
            ByteBuffer entries = blob.buffer();
            for (int at = 0; at < entries.limit(); at += ImageLayout.VTABLE_SIZE) {
                hashes.add(entries.getLong(at));
            }
        }
        ByteBuffer all =
                ByteBuffer.allocate(hashes.size() * ImageLayout.VTABLE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        hashes.forEach(hash -> all.putLong(hash).putLong(hash).putInt(1).putInt(0));
        return all.flip();
    }

    /** How many shapes of functions are left out. */
    int otherShapes() {
        return otherShapes;
    }

    /** How many functions have a count or a mark. */
    int functionsThatRan() {
        int ran = 0;
        for (int function : functions) {
            for (int i = 0; i < sum.key(function).counters(); i++) {
                if (sum.counter(function, i) != 0) {
                    ran++;
                    break;
                }
            }
        }
        return ran;
    }

    /** The sum of all counters, or how many marks are set; saturates. */
    long total() {
        long total = 0;
        for (int function : functions) {
            for (int i = 0; i < sum.key(function).counters(); i++) {
                total = Saturated.sum(total, sum.counter(function, i));
            }
        }
        return total;
    }

    /** The counts of the sum. */
    Snapshot snapshot() {
        ByteBuffer counters = ByteBuffer.allocate(countersSize).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer bitmaps = ByteBuffer.allocate(bitmapsSize);
        boolean marks = Variant.counterSize(sum.rawVersion()) == Byte.BYTES;
        ValueCounts values = new ValueCounts();
        for (int i = 0; i < functions.length; i++) {
            FunctionKey key = sum.key(functions[i]);
            if (time() > 0) {
                counters.putLong(sum.time(functions[i]));
            }
            for (int counter = 0; counter < key.counters(); counter++) {
                long count = sum.counter(functions[i], counter);
                if (marks) {
                    counters.put(count == 0 ? UNCOVERED : 0);
                } else {
                    counters.putLong(count);
                }
            }
            for (int bits = 0; bits < key.bitmap(); bits++) {
                bitmaps.put(sum.bits(functions[i], bits));
            }
            for (int site = 0; site < key.sites(); site++) {
                int to = sitesAt[i] + site;
                sum.values(functions[i], site).entrySet().stream()
                        .sorted(MOST_FREQUENT)
                        .limit(Snapshot.MAX_VALUES)
                        .forEach(value -> values.add(to, value.getKey(), value.getValue()));
            }
        }
        return new Snapshot(this, counters.flip(), bitmaps.flip(), values, Instant.EPOCH);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String buildId() {
        return "";
    }

    @Override
    public long rawVersion() {
        return sum.rawVersion();
    }

    @Override
    public int functions() {
        return functions.length;
    }

    @Override
    public int countersSize() {
        return countersSize;
    }

    @Override
    public int bitmapsSize() {
        return bitmapsSize;
    }

    @Override
    public long nameRef(int function) {
        return sum.key(functions[function]).nameRef();
    }

    @Override
    public long funcHash(int function) {
        return sum.key(functions[function]).hash();
    }

    @Override
    public int countersOffset(int function) {
        return countersAt[function];
    }

    @Override
    public int counters(int function) {
        return sum.key(functions[function]).counters() + time() / Variant.counterSize(sum.rawVersion());
    }

    @Override
    public int bitmapOffset(int function) {
        return bitmapsAt[function];
    }

    @Override
    public int bitmapSize(int function) {
        return sum.key(functions[function]).bitmap();
    }

    @Override
    public long address(int function) {
        return nameRef(function);
    }

    @Override
    public int valueSites(int function, ValueKind kind) {
        FunctionKey key = sum.key(functions[function]);
        return switch (kind) {
            case INDIRECT_CALL_TARGET -> key.callSites();
            case MEMOP_SIZE -> key.sizeSites();
            case VTABLE_TARGET -> key.vtableSites();
        };
    }

    @Override
    public int valueSite(int function) {
        return sitesAt[function];
    }

    @Override
    public ByteBuffer names() {
        return own(names);
    }

    @Override
    public ByteBuffer binaryIds() {
        return own(binaryIds);
    }

    @Override
    public ByteBuffer vtables() {
        return own(vtables);
    }

    @Override
    public ByteBuffer vtableNames() {
        return ByteBuffer.allocate(0);
    }

    private static ByteBuffer own(ByteBuffer bytes) {
        return bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public ConcurrentMap<PerImage<?>, Object> kept() {
        return kept;
    }
}
