package org.pgofs.fleet.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.Saturated;
import org.pgofs.counters.format.Variant;
import org.pgofs.profraw.ParsedFunction;

/**
 * The sum of pieces of one image, which have one variant. Counters add up and stay at 2^63-1, marks are those of any piece,
 * of first calls the least time counts, and values add up by site and target. So it does not matter in which order pieces
 * come, or in which groups. Its memory grows with the functions and the different values of the image, not with the pieces.
 * Not thread-safe.
 */
public final class MergedImage {
    private static final int FIRST = 64;

    private final Map<FunctionKey, Integer> numbers = new HashMap<>();
    private final List<FunctionKey> keys = new ArrayList<>();

    /** By function: where its counters, bitmap and value sites begin, its time, and how many records had it. */
    private int[] countersAt = new int[FIRST];

    private int[] bitmapsAt = new int[FIRST];
    private int[] sitesAt = new int[FIRST];
    private long[] times = new long[FIRST];
    private long[] records = new long[FIRST];

    private long[] counters = new long[FIRST];
    private byte[] bitmaps = new byte[FIRST];
    private int usedCounters;
    private int usedBitmaps;
    private int usedSites;

    private final ValueCounts values = new ValueCounts();
    private final SortedSet<Blob> names = new TreeSet<>();
    private final SortedSet<Blob> binaryIds = new TreeSet<>();
    private final SortedSet<Blob> vtables = new TreeSet<>();
    private long rawVersion;

    /** The structure of the last piece, and which of the functions here its functions are. */
    private ImageStructure known;

    private int[] knownNumbers = {};

    /** A sum of nothing. */
    public MergedImage() {}

    /**
     * Adds a piece.
     *
     * @param piece of the same variant as those before
     * @param weight how often it counts, 1 or more
     * @throws IllegalArgumentException if it has another variant, or the weight is too small
     */
    public void add(Piece piece, long weight) {
        if (weight < 1) {
            throw new IllegalArgumentException("a weight of " + weight);
        }
        takeVersion(piece.rawVersion());
        ImageStructure structure = piece.structure();
        if (structure != known) {
            learn(structure);
        }
        for (int i = 0; i < structure.functions(); i++) {
            addCounts(piece, structure.function(i), knownNumbers[i], weight);
        }
        if (!piece.values().isEmpty()) {
            addValues(piece, weight);
        }
    }

    private void takeVersion(long version) {
        if (!isEmpty() && Variant.bits(version) != Variant.bits(rawVersion)) {
            throw new IllegalArgumentException("it is instrumented in another way");
        }
        if (Variant.version(version) > Variant.version(rawVersion)) {
            rawVersion = version;
        }
    }

    /**
     * Whether nothing was added.
     *
     * @return true before the first piece
     */
    public boolean isEmpty() {
        return rawVersion == 0;
    }

    /**
     * The number of functions, each shape of them counted.
     *
     * @return 0 or more
     */
    public long functions() {
        return keys.size();
    }

    private void learn(ImageStructure structure) {
        int[] learnt = new int[structure.functions()];
        for (int i = 0; i < learnt.length; i++) {
            learnt[i] = number(structure.key(i));
        }
        names.add(structure.names());
        binaryIds.add(structure.binaryIds());
        vtables.add(structure.vtables());
        known = structure;
        knownNumbers = learnt;
    }

    /** The number of a function here, which has counts of 0 if it is new. */
    private int number(FunctionKey key) {
        Integer number = numbers.get(key);
        if (number != null) {
            return number;
        }
        int next = keys.size();
        int countersEnd = Math.addExact(usedCounters, key.counters());
        int bitmapsEnd = Math.addExact(usedBitmaps, key.bitmap());
        int sitesEnd = Math.addExact(usedSites, key.sites());
        if (next == records.length) {
            int larger = grown(next, next + 1);
            countersAt = Arrays.copyOf(countersAt, larger);
            bitmapsAt = Arrays.copyOf(bitmapsAt, larger);
            sitesAt = Arrays.copyOf(sitesAt, larger);
            times = Arrays.copyOf(times, larger);
            records = Arrays.copyOf(records, larger);
        }
        if (countersEnd > counters.length) {
            counters = Arrays.copyOf(counters, grown(counters.length, countersEnd));
        }
        if (bitmapsEnd > bitmaps.length) {
            bitmaps = Arrays.copyOf(bitmaps, grown(bitmaps.length, bitmapsEnd));
        }
        countersAt[next] = usedCounters;
        bitmapsAt[next] = usedBitmaps;
        sitesAt[next] = usedSites;
        usedCounters = countersEnd;
        usedBitmaps = bitmapsEnd;
        usedSites = sitesEnd;
        keys.add(key);
        numbers.put(key, next);
        return next;
    }

    private static int grown(int length, int needed) {
        return (int) Math.max(needed, Math.min(length + (long) length / 2, Integer.MAX_VALUE - Long.BYTES));
    }

    private void addCounts(Piece piece, ParsedFunction function, int number, long weight) {
        records[number]++;
        addTime(number, piece.time(function));
        FunctionKey key = keys.get(number);
        int at = countersAt[number];
        int first = piece.firstCounter(function);
        boolean marks = piece.isMarks();
        for (int i = 0; i < key.counters(); i++) {
            long count = piece.counter(first, i);
            if (count != 0) { // few are not
                counters[at + i] = marks ? counters[at + i] | count : sum(counters[at + i], count, weight);
            }
        }
        for (int i = 0; i < key.bitmap(); i++) {
            bitmaps[bitmapsAt[number] + i] |= piece.bits(function, i);
        }
    }

    private void addTime(int number, long time) {
        if (time != 0 && (times[number] == 0 || Long.compareUnsigned(time, times[number]) < 0)) {
            times[number] = time;
        }
    }

    private static long sum(long held, long count, long weight) {
        long more = weight == 1 ? count : product(count, weight);
        return Saturated.sum(held, more);
    }

    private static long product(long count, long weight) {
        long low = count * weight;
        return Math.multiplyHigh(count, weight) == 0 && low >= 0 ? low : Long.MAX_VALUE;
    }

    private void addValues(Piece piece, long weight) {
        ImageStructure structure = piece.structure();
        for (int i = 0; i < structure.functions(); i++) {
            FunctionKey key = keys.get(knownNumbers[i]);
            for (int site = 0; site < key.sites(); site++) {
                int to = sitesAt[knownNumbers[i]] + site;
                var kind = ImageStructure.kind(key, site);
                piece.values()
                        .forEach(
                                structure.function(i).valueSite() + site,
                                (from, value, count) ->
                                        values.add(to, structure.targets().of(kind, value), product(count, weight)));
            }
        }
    }

    /**
     * Adds another sum, which stays as it is.
     *
     * @param other of the same variant
     * @throws IllegalArgumentException if it has another variant
     */
    public void add(MergedImage other) {
        if (other.isEmpty()) {
            return;
        }
        takeVersion(other.rawVersion);
        for (int from = 0; from < other.keys.size(); from++) {
            addFunction(other, from);
        }
        names.addAll(other.names);
        binaryIds.addAll(other.binaryIds);
        vtables.addAll(other.vtables);
    }

    private void addFunction(MergedImage other, int from) {
        FunctionKey key = other.keys.get(from);
        int to = number(key);
        boolean marks = Variant.counterSize(rawVersion) == Byte.BYTES;
        records[to] += other.records[from];
        addTime(to, other.times[from]);
        for (int i = 0; i < key.counters(); i++) {
            long count = other.counters[other.countersAt[from] + i];
            int at = countersAt[to] + i;
            counters[at] = marks ? counters[at] | count : Saturated.sum(counters[at], count);
        }
        for (int i = 0; i < key.bitmap(); i++) {
            bitmaps[bitmapsAt[to] + i] |= other.bitmaps[other.bitmapsAt[from] + i];
        }
        for (int site = 0; site < key.sites(); site++) {
            int at = sitesAt[to] + site;
            other.values.forEach(other.sitesAt[from] + site, (same, value, count) -> values.add(at, value, count));
        }
    }

    /**
     * The same with smaller counts, where counters are no marks. What ran stays: a count that is not 0 stays 1 or more.
     *
     * @param to what the sum of all counters should become, 1 or more
     * @return each counter and value times that and by what the sum is now, rounded down; the same if that is less; times and
     *     bitmaps as they are
     */
    public MergedImage scaled(long to) {
        MergedImage scaled = new MergedImage();
        scaled.add(this);
        BigInteger from = exactTotal();
        if (from.compareTo(BigInteger.valueOf(to)) <= 0) {
            return scaled;
        }
        for (int i = 0; i < usedCounters; i++) {
            scaled.counters[i] = scaled(scaled.counters[i], to, from);
        }
        values.forEach((site, value, count) -> scaled.values.add(site, value, scaled(count, to, from) - count));
        return scaled;
    }

    /** That of many counters may be more than a counter can be. */
    private BigInteger exactTotal() {
        return Arrays.stream(counters, 0, usedCounters)
                .mapToObj(BigInteger::valueOf)
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    private static long scaled(long count, long to, BigInteger from) {
        if (count == 0) {
            return 0;
        }
        return BigInteger.valueOf(count)
                .multiply(BigInteger.valueOf(to))
                .divide(from)
                .max(BigInteger.ONE)
                .min(BigInteger.valueOf(Long.MAX_VALUE))
                .longValue();
    }

    /**
     * A part of the sum, so that several processes can each add up a part of the functions.
     *
     * @param number which part, 0 to {@code count} - 1
     * @param count how many parts there are, 1 or more
     * @return a sum; all parts are this sum if they are added up, and a function is in the part of the same number of every
     *     sum that has as many
     */
    public MergedImage part(int number, int count) {
        MergedImage part = new MergedImage();
        part.rawVersion = rawVersion;
        for (int function = 0; function < keys.size(); function++) {
            long hash = keys.get(function).nameRef() >>> Integer.SIZE;
            if ((hash * count) >>> Integer.SIZE == number) {
                part.addFunction(this, function);
            }
        }
        if (number == 0) {
            part.names.addAll(names);
            part.binaryIds.addAll(binaryIds);
            part.vtables.addAll(vtables);
        }
        return part;
    }

    /**
     * Writes the sum for another process of the same version of pgofs.
     *
     * @param out where to
     * @throws IOException if it cannot be written
     */
    public void write(DataOutput out) throws IOException {
        out.writeLong(rawVersion);
        out.writeInt(keys.size());
        for (int function = 0; function < keys.size(); function++) {
            keys.get(function).write(out);
            out.writeLong(records[function]);
            out.writeLong(times[function]);
            for (int i = 0; i < keys.get(function).counters(); i++) {
                out.writeLong(counter(function, i));
            }
            out.write(bitmaps, bitmapsAt[function], keys.get(function).bitmap());
            for (int site = 0; site < keys.get(function).sites(); site++) {
                Map<Long, Long> observed = values(function, site);
                out.writeInt(observed.size());
                for (Map.Entry<Long, Long> value : observed.entrySet()) {
                    out.writeLong(value.getKey());
                    out.writeLong(value.getValue());
                }
            }
        }
        for (SortedSet<Blob> blobs : List.of(names, binaryIds, vtables)) {
            out.writeInt(blobs.size());
            for (Blob blob : blobs) {
                blob.write(out);
            }
        }
    }

    /**
     * Reads a sum.
     *
     * @param in what {@link #write} wrote
     * @return the sum
     * @throws IOException if it cannot be read
     */
    public static MergedImage read(DataInput in) throws IOException {
        MergedImage sum = new MergedImage();
        sum.rawVersion = in.readLong();
        for (int functions = in.readInt(); functions > 0; functions--) {
            FunctionKey key = FunctionKey.read(in);
            int function = sum.number(key);
            sum.records[function] = in.readLong();
            sum.times[function] = in.readLong();
            for (int i = 0; i < key.counters(); i++) {
                sum.counters[sum.countersAt[function] + i] = in.readLong();
            }
            in.readFully(sum.bitmaps, sum.bitmapsAt[function], key.bitmap());
            for (int site = 0; site < key.sites(); site++) {
                for (int left = in.readInt(); left > 0; left--) {
                    sum.values.add(sum.sitesAt[function] + site, in.readLong(), in.readLong());
                }
            }
        }
        for (SortedSet<Blob> blobs : List.of(sum.names, sum.binaryIds, sum.vtables)) {
            for (int left = in.readInt(); left > 0; left--) {
                blobs.add(Blob.read(in));
            }
        }
        return sum;
    }

    /** The functions in an order that depends on nothing but what they are; see {@link FunctionKey}. */
    List<Integer> inOrder() {
        List<Integer> order = new ArrayList<>(numbers.values());
        order.sort((a, b) -> keys.get(a).compareTo(keys.get(b)));
        return order;
    }

    /**
     * The highest raw version of the pieces.
     *
     * @return with its variant bits, 0 before the first piece
     */
    public long rawVersion() {
        return rawVersion;
    }

    FunctionKey key(int function) {
        return keys.get(function);
    }

    long records(int function) {
        return records[function];
    }

    long time(int function) {
        return times[function];
    }

    long counter(int function, int number) {
        return counters[countersAt[function] + number];
    }

    byte bits(int function, int number) {
        return bitmaps[bitmapsAt[function] + number];
    }

    /** What a site of a function observed. */
    Map<Long, Long> values(int function, int site) {
        return values.at(sitesAt[function] + site);
    }

    SortedSet<Blob> names() {
        return names;
    }

    SortedSet<Blob> binaryIds() {
        return binaryIds;
    }

    SortedSet<Blob> vtables() {
        return vtables;
    }
}
