package org.pgofs.profdata;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntToLongFunction;
import org.pgofs.counters.linux.OffHeap;
import org.pgofs.profdata.format.IndexedLayout;
import org.pgofs.profdata.format.Summary;

/**
 * The chains and the bucket table of an indexed profile with counts. Their bytes are made when they are read: kept are the
 * names, where each bucket begins, and where a function in each {@value #STEP} does. Thread-safe once it is laid out. To be
 * closed.
 */
final class Chains implements AutoCloseable {
    private static final int STEP = 64;
    private static final long CONTEXT_SENSITIVE_FUNCTION = 1L << 60;

    private final Records records;
    private final RecordCounts counts;
    private final IndexedLayout layout;
    private final FunctionOrder order;
    private final NameStore names;

    private final OffHeap bucketMemory;
    private final ByteBuffer buckets;

    // Places: a function that begins a record, how many names begin before it, and where it begins in the file.
    private final int[] placeFunctions;
    private final int[] placeNames;
    private final long[] placeOffsets;
    private int places;
    private long end;

    /**
     * Chains that are to be laid out.
     *
     * @param names of the functions, closed with the chains
     * @throws IOException if there is no memory
     */
    Chains(Records records, RecordCounts counts, NameStore names) throws IOException {
        this.records = records;
        this.counts = counts;
        this.names = names;
        layout = records.layout();
        order = records.order();
        int most = order.size() / STEP + 1;
        placeFunctions = new int[most];
        placeNames = new int[most];
        placeOffsets = new long[most];
        try {
            bucketMemory = new OffHeap(Math.multiplyExact(order.buckets(), Long.BYTES), 0);
        } catch (IOException | RuntimeException | Error e) {
            names.close();
            throw e;
        }
        buckets = bucketMemory.buffer();
    }

    /**
     * Lays them out.
     *
     * @param begin where they begin in the file
     * @param plain to which the functions are added that are not context sensitive
     * @param contextSensitive to which others are added, or null
     */
    void layOut(long begin, Summary plain, Summary contextSensitive) {
        Walk walk = new Walk(0, 0, begin);
        for (; walk.at < order.size(); walk.next(walk.size())) {
            if (walk.at >= places * STEP) {
                placeFunctions[places] = walk.at;
                placeNames[places] = walk.name;
                placeOffsets[places++] = walk.offset;
            }
            if (order.beginsChain(walk.at)) {
                buckets.putLong(Long.BYTES * bucket(walk), walk.offset);
            }
            Summary summary = isContextSensitive(walk.at) ? contextSensitive : plain;
            if (summary != null) {
                summary.add(records.counters(walk.at), walk.counters);
            }
        }
        end = walk.offset;
    }

    private boolean isContextSensitive(int at) {
        return (hash(at) & CONTEXT_SENSITIVE_FUNCTION) != 0;
    }

    private long hash(int at) {
        return records.image(at).funcHash(order.function(at));
    }

    /** The hash of a name, which begins with a function. */
    private long nameHash(Walk walk) {
        return order.nameNumber(walk.name) == FunctionOrder.NO_NAME
                ? FunctionOrder.EMPTY
                : records.image(walk.at).nameRef(order.function(walk.at));
    }

    private int bucket(Walk walk) {
        return (int) nameHash(walk) & (order.buckets() - 1);
    }

    private int nameLength(int name) {
        int number = order.nameNumber(name);
        return number == FunctionOrder.NO_NAME ? 0 : names.length(number);
    }

    /**
     * Goes from record to record, and makes no object for any of them. Where a record begins a name or a chain, their heads
     * belong to it.
     */
    private final class Walk {
        private final IntToLongFunction counters = this::counter;
        private final IntToLongFunction bitmap = this::bits;
        private int at;
        private int name;
        private long offset;

        Walk(int at, int name, long offset) {
            this.at = at;
            this.name = name;
            this.offset = offset;
        }

        private long counter(int index) {
            return counts.counter(at, index);
        }

        private long bits(int index) {
            return counts.bitmap(at, index);
        }

        int headSize() {
            return order.beginsName(at) ? records.headSize(at, nameLength(name)) : 0;
        }

        long recordSize() {
            return records.size(at) + ValueSites.sizeOf(counts.valueCount(at));
        }

        long size() {
            return headSize() + recordSize();
        }

        void next(long size) {
            offset += size;
            name += order.beginsName(at) ? 1 : 0;
            at = order.nextRecord(at);
        }
    }

    /** Where the chains end in the file. */
    long end() {
        return end;
    }

    /** Where the bucket table begins in the file. */
    long table() {
        return IndexedLayout.padded(end);
    }

    /** The size of the bucket table. */
    static long tableSize(FunctionOrder order) {
        return 2L * Long.BYTES + (long) order.buckets() * Long.BYTES;
    }

    /** How much memory they take up beside the counts, in bytes. */
    long memory() {
        return names.memory() + buckets.capacity() + (long) places * (2 * Integer.BYTES + Long.BYTES);
    }

    /** Puts what is wanted of them. */
    void put(Window target) {
        if (places > 0 && target.begin() < end) {
            Walk walk = place(Arrays.binarySearch(placeOffsets, 0, places, target.begin()));
            while (walk.at < order.size() && walk.offset < target.end()) {
                long size = walk.size();
                if (walk.offset + size > target.begin()) {
                    target.position(walk.offset);
                    put(walk, target);
                }
                walk.next(size);
            }
        }
        target.position(end);
        target.zeros(table());
        target.putLong(order.buckets()).putLong(order.nameCount());
        target.put(buckets, 0, buckets.capacity());
    }

    /** A walk from a place that was looked for, or from the one before. */
    private Walk place(int found) {
        int place = found >= 0 ? found : Math.max(0, -found - 2);
        return new Walk(placeFunctions[place], placeNames[place], placeOffsets[place]);
    }

    private void put(Walk walk, Window target) {
        if (order.beginsName(walk.at)) {
            putHead(walk, target);
        }
        int at = walk.at;
        int size = records.counters(at);
        target.putLong(hash(at)).putLong(size);
        putLongs(size, walk.counters, target);
        if (layout.hasBitmaps()) {
            int bytes = records.bitmapSize(at);
            target.putLong(bytes);
            putLongs(bytes, walk.bitmap, target);
        }
        if (layout.hasUniformity()) {
            target.putLong(0);
        }
        putValues(at, target);
    }

    private void putHead(Walk walk, Window target) {
        if (order.beginsChain(walk.at)) {
            target.putShort(order.namesInChain(walk.at));
        }
        target.putLong(nameHash(walk)).putLong(nameLength(walk.name));
        target.putLong(target.isWanted(Long.BYTES) ? dataSize(walk) : 0);
        if (order.nameNumber(walk.name) != FunctionOrder.NO_NAME) {
            names.put(order.nameNumber(walk.name), target);
        }
    }

    /** The size of all records of a name. */
    private long dataSize(Walk first) {
        int next = order.nextName(first.at);
        if (next == order.nextRecord(first.at)) {
            return first.recordSize();
        }
        Walk walk = place(Arrays.binarySearch(placeFunctions, 0, places, next));
        if (walk.at < first.at) {
            walk = new Walk(first.at, first.name, first.offset);
        }
        while (walk.at < next) {
            walk.next(walk.size());
        }
        return walk.offset - first.offset - first.headSize();
    }

    private static void putLongs(int count, IntToLongFunction numbers, Window target) {
        long begin = target.position();
        int first = target.firstWanted(count);
        target.position(begin + (long) first * Long.BYTES);
        for (int i = first; i < count && !target.isFull(); i++) {
            target.putLong(numbers.applyAsLong(i));
        }
        target.position(begin + (long) count * Long.BYTES);
    }

    private void putValues(int at, Window target) {
        ValueSites values = counts.values(at);
        long count = values.size();
        long begin = target.position();
        int kinds = 0;
        for (int kind = 0; kind < layout.valueKinds(); kind++) {
            kinds += records.sites(at, kind) > 0 ? 1 : 0;
        }
        target.putInt((int) (records.siteSize(at) + ValueSites.sizeOf(count))).putInt(kinds);
        for (int kind = 0; kind < layout.valueKinds(); kind++) {
            int sites = records.sites(at, kind);
            if (sites > 0) {
                target.putInt(kind).putInt(sites);
                for (int site = 0; site < sites; site++) {
                    target.putByte(values.at(kind, site).size());
                }
                target.zeros(begin + IndexedLayout.padded(target.position() - begin));
                for (int site = 0; site < sites && count > 0; site++) {
                    values.at(kind, site)
                            .forEach(pair -> target.putLong(pair.value()).putLong(pair.count()));
                }
            }
        }
    }

    @Override
    public void close() {
        names.close();
        bucketMemory.close();
    }
}
