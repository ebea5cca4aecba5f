package org.pgofs.profdata;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.linux.OffHeap;
import org.pgofs.profdata.Functions.Source;

/**
 * The indexed profile of some images in one version of the format: the bytes that llvm-profdata 19 and 22 make of their raw
 * profiles. Functions that share name and hash are merged. It holds the names of all functions, and is to be closed.
 */
public final class IndexedProfile implements AutoCloseable {
    private static final ValueKind[] KINDS = ValueKind.values();
    /** Bits of raw profiles alone: where records and names are. */
    private static final long CORRELATED = 1L << 59;

    private static final long CONTEXT_SENSITIVE_FUNCTION = 1L << 60;
    private static final int HASH_TYPE_MD5 = 0;
    /** Of a name in a chain: its hash, its size and that of its data. */
    private static final int ITEM_HEAD = 3 * Long.BYTES;

    /** Sums do not reach the marks of what is hot or warm. */
    private static final long GREATEST = -3;

    private final List<Image> images;
    private final IndexedLayout layout;
    private final long variant;
    private final NameTable names;
    private final Functions functions;
    private final Buckets buckets;
    private final BinaryIds binaryIds;
    private final long counters;
    private final long size;

    /**
     * The profile of some images.
     *
     * @param images whose functions it has, all of one variant; possibly none
     * @param layout of its version
     * @throws IOException if names cannot be read or are too much alike, or if there is no memory
     * @throws IllegalArgumentException if the images differ in variant
     */
    public IndexedProfile(List<? extends Image> images, IndexedLayout layout) throws IOException {
        this.images = List.copyOf(images);
        this.layout = layout;
        variant = variant(images);
        names = new NameTable(images);
        try {
            functions = new Functions(this.images, names);
            buckets = new Buckets(names.hashes());
            binaryIds = new BinaryIds(images);
            long allCounters = 0;
            long sum = padded(layout.headerSize() + (long) summaries() * Summary.SIZE + chains());
            for (int name = 0; name < names.size(); name++) {
                for (List<Source> sources : functions.of(name)) {
                    allCounters += counters(sources.get(0));
                }
            }
            counters = allCounters;
            sum += 2 * Long.BYTES + (long) buckets.size() * Long.BYTES;
            sum += layout.hasBinaryIds() ? binaryIds.size() : 0;
            sum += layout.hasVtableNames() ? Long.BYTES : 0;
            sum += hasTimes() ? Trace.size(functions.size()) : 0;
            size = sum;
        } catch (IOException | RuntimeException | Error e) {
            names.close();
            throw e;
        }
    }

    private static long variant(List<? extends Image> images) {
        if (images.isEmpty()) {
            return Variant.IR;
        }
        long bits = Variant.bits(images.get(0).rawVersion());
        for (Image image : images) {
            if (Variant.bits(image.rawVersion()) != bits) {
                throw new IllegalArgumentException(
                        images.get(0).name() + " and " + image.name() + " are instrumented in different ways");
            }
        }
        long times = Variant.hasTimes(bits) ? 0 : Variant.TEMPORAL;
        return bits & ~(CORRELATED | times);
    }

    private static long padded(long size) {
        return (size + Long.BYTES - 1) & -Long.BYTES;
    }

    private int summaries() {
        return isContextSensitive() ? 2 : 1;
    }

    private boolean isContextSensitive() {
        return (variant & Variant.CONTEXT_SENSITIVE) != 0;
    }

    private boolean hasTimes() {
        return Variant.hasTimes(variant);
    }

    /** The size of all chains without values. */
    private long chains() {
        long sum = (long) buckets.used() * Short.BYTES;
        for (int name = 0; name < names.size(); name++) {
            sum += ITEM_HEAD + names.length(name);
            for (List<Source> sources : functions.of(name)) {
                sum += dataSize(sources.get(0));
            }
        }
        return sum;
    }

    private long dataSize(Source source) {
        Image image = images.get(source.image());
        long sum = (2L + counters(source)) * Long.BYTES;
        sum += layout.hasBitmaps() ? (1L + image.bitmapSize(source.function())) * Long.BYTES : 0;
        sum += layout.hasUniformity() ? Long.BYTES : 0;
        int[] sites = new int[layout.valueKinds()];
        for (int kind = 0; kind < sites.length; kind++) {
            sites[kind] = image.valueSites(source.function(), KINDS[kind]);
        }
        return sum + ValueSites.size(sites);
    }

    /** Without the time of the first call. */
    private int counters(Source source) {
        return images.get(source.image()).counters(source.function()) - times();
    }

    /** How many counters of a function are its time. */
    private int times() {
        return hasTimes() ? Long.BYTES / Variant.counterSize(variant) : 0;
    }

    /**
     * The version as the profile's header has it.
     *
     * @return the layout's number and the images' variant bits
     */
    public long version() {
        return variant | layout.version();
    }

    /**
     * The size of the profile as long as no value was observed.
     *
     * @return bytes
     */
    public long size() {
        return size;
    }

    /**
     * The size of the profile with some values.
     *
     * @param values how many, of all images together
     * @return bytes
     */
    public long sizeWith(long values) {
        return size + ValueSites.sizeOf(values);
    }

    /**
     * The profile with counts, and zeros at its end, which readers pass over.
     *
     * @param snapshots the counts of each image, in their order; of a site no more values than a profile can have
     * @param bytes its size, at least that with the values of all snapshots
     * @return the file, to be closed
     * @throws IOException if it is too large for this machine
     * @throws IllegalArgumentException if the snapshots are of other images
     */
    public IndexedFile with(List<Snapshot> snapshots, long bytes) throws IOException {
        if (!snapshots.stream().map(Snapshot::image).toList().equals(images)) {
            throw new IllegalArgumentException("snapshots of other images");
        }
        if (bytes > Integer.MAX_VALUE) {
            throw new IOException(
                    "an indexed profile of " + bytes + " bytes is too large: take those of single images");
        }
        OffHeap memory = new OffHeap((int) bytes, 0);
        try (Summary plain = new Summary(counters);
                Summary contextSensitive = new Summary(isContextSensitive() ? counters : 0)) {
            new Writing(snapshots, memory.buffer(), plain, contextSensitive).write();
            return new IndexedFile(memory);
        } catch (IOException | RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    /** Writes one file; the target is full of zeros. */
    private final class Writing {
        private final List<Snapshot> snapshots;
        private final List<ValueTargets> targets = new ArrayList<>();
        private final ByteBuffer out;
        private final Summary plain;
        private final Summary contextSensitive;

        Writing(List<Snapshot> snapshots, ByteBuffer out, Summary plain, Summary contextSensitive) {
            this.snapshots = snapshots;
            this.out = out;
            this.plain = plain;
            this.contextSensitive = contextSensitive;
            images.forEach(image -> targets.add(new ValueTargets(image)));
        }

        void write() {
            out.position(layout.headerSize() + summaries() * Summary.SIZE);
            int table = writeTable();
            int ids = out.position();
            if (layout.hasBinaryIds()) {
                binaryIds.put(out);
            }
            int vtableNames = out.position();
            if (layout.hasVtableNames()) {
                out.putLong(0);
            }
            int traces = out.position();
            if (hasTimes()) {
                Trace.put(snapshots, out);
            }
            out.position(0);
            out.putLong(IndexedLayout.MAGIC)
                    .putLong(version())
                    .putLong(0)
                    .putLong(HASH_TYPE_MD5)
                    .putLong(table);
            if (layout.hasMemProf()) {
                out.putLong(0);
            }
            if (layout.hasBinaryIds()) {
                out.putLong(ids);
            }
            if (layout.hasTraces()) {
                out.putLong(hasTimes() ? traces : 0);
            }
            if (layout.hasVtableNames()) {
                out.putLong(vtableNames);
            }
            plain.put(out);
            if (isContextSensitive()) {
                contextSensitive.put(out);
            }
        }

        /** Returns where the bucket table is. */
        private int writeTable() {
            long[] hashes = names.hashes();
            long[] begins = new long[buckets.size()];
            for (int bucket = 0; bucket < begins.length; bucket++) {
                int[] inBucket = buckets.names(bucket);
                if (inBucket.length > 0) {
                    begins[bucket] = out.position();
                    out.putShort((short) inBucket.length);
                    for (int name : inBucket) {
                        out.putLong(hashes[name]);
                        writeItem(name);
                    }
                }
            }
            int table = (int) padded(out.position());
            out.position(table);
            out.putLong(begins.length).putLong(names.size());
            for (long begin : begins) {
                out.putLong(begin);
            }
            return table;
        }

        private void writeItem(int name) {
            out.putLong(names.length(name));
            int dataSizeAt = out.position();
            out.putLong(0);
            names.put(name, out);
            int data = out.position();
            functions.of(name).forEach(this::writeRecord);
            out.putLong(dataSizeAt, out.position() - data);
        }

        private void writeRecord(List<Source> sources) {
            Source first = sources.get(0);
            Image image = images.get(first.image());
            long hash = image.funcHash(first.function());
            int count = counters(first);
            out.putLong(hash).putLong(count);
            int begin = out.position();
            for (Source source : sources) {
                addCounters(begin, count, source);
            }
            out.position(begin + count * Long.BYTES);
            boolean isPlain = (hash & CONTEXT_SENSITIVE_FUNCTION) == 0;
            if (isPlain || isContextSensitive()) {
                (isPlain ? plain : contextSensitive).add(out, begin, count * Long.BYTES);
            }
            int bits = image.bitmapSize(first.function());
            if (layout.hasBitmaps()) {
                out.putLong(bits);
                int bitmap = out.position();
                mergeable(sources, bits).forEach(source -> addBitmap(bitmap, bits, source));
                out.position(bitmap + bits * Long.BYTES);
            }
            if (layout.hasUniformity()) {
                out.putLong(0);
            }
            ValueSites values = new ValueSites(values(first));
            mergeable(sources, bits).skip(1).forEach(source -> values.add(values(source)));
            values.put(out);
        }

        /** Of those with another bitmap than the first one, the counters alone are added. */
        private Stream<Source> mergeable(List<Source> sources, int bits) {
            return sources.stream().filter(source -> images.get(source.image()).bitmapSize(source.function()) == bits);
        }

        private void addCounters(int begin, int count, Source source) {
            ByteBuffer section = snapshots.get(source.image()).counters();
            int unit = Variant.counterSize(variant);
            int at = images.get(source.image()).countersOffset(source.function()) + times() * unit;
            for (int i = 0; i < count; i++) {
                long more = unit == Long.BYTES ? section.getLong(at + i * unit) : section.get(at + i) == 0 ? 1 : 0;
                int target = begin + i * Long.BYTES;
                out.putLong(target, sum(out.getLong(target), more));
            }
        }

        private void addBitmap(int begin, int count, Source source) {
            ByteBuffer section = snapshots.get(source.image()).bitmaps();
            int at = images.get(source.image()).bitmapOffset(source.function());
            for (int i = 0; i < count; i++) {
                int target = begin + i * Long.BYTES;
                out.putLong(target, out.getLong(target) | Byte.toUnsignedLong(section.get(at + i)));
            }
        }

        private List<List<List<ValueSites.Pair>>> values(Source source) {
            Image image = images.get(source.image());
            List<List<List<ValueSites.Pair>>> kinds = new ArrayList<>();
            int site = image.valueSite(source.function());
            for (int kind = 0; kind < layout.valueKinds(); kind++) {
                List<List<ValueSites.Pair>> sites = new ArrayList<>();
                for (int i = image.valueSites(source.function(), KINDS[kind]); i > 0; i--) {
                    sites.add(pairs(source.image(), KINDS[kind], site++));
                }
                kinds.add(sites);
            }
            return kinds;
        }

        private List<ValueSites.Pair> pairs(int image, ValueKind kind, int site) {
            Map<Long, Long> observed = snapshots.get(image).values().at(site);
            return observed.entrySet().stream()
                    .map(value -> new ValueSites.Pair(targets.get(image).of(kind, value.getKey()), value.getValue()))
                    .toList();
        }
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

    /** Gives up the names. Files that were made are not touched. */
    @Override
    public void close() {
        names.close();
    }
}
