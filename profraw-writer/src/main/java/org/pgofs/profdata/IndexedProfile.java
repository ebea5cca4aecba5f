package org.pgofs.profdata;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;
import org.pgofs.profdata.format.IndexedLayout;
import org.pgofs.profdata.format.Summary;

/**
 * The indexed profile of some images in one version of the format: the bytes that llvm-profdata 19 and 22 make of their raw
 * profiles. Functions that share name and hash are merged. Immutable.
 */
public final class IndexedProfile {
    /** Bits of raw profiles alone: where records and names are. */
    private static final long CORRELATED = 1L << 59;

    private static final int HASH_TYPE_MD5 = 0;

    private final List<Image> images;
    private final IndexedLayout layout;
    private final FunctionOrder order;
    private final long variant;
    private final Records records;
    private final BinaryIds binaryIds;

    /**
     * The profile of some images.
     *
     * @param images whose functions it has, all of one variant; possibly none
     * @param layout of its version
     * @throws IOException if names cannot be read or are too much alike, or if there is no memory
     * @throws IllegalArgumentException if the images differ in variant
     */
    public IndexedProfile(List<? extends Image> images, IndexedLayout layout) throws IOException {
        this(images, layout, FunctionOrder.of(images));
    }

    /**
     * The profile of some images whose functions have been sorted before.
     *
     * @param images whose functions it has, all of one variant; possibly none
     * @param layout of its version
     * @param order of the functions of these images
     * @throws IllegalArgumentException if the images differ in variant
     */
    public IndexedProfile(List<? extends Image> images, IndexedLayout layout, FunctionOrder order) {
        this.images = List.copyOf(images);
        this.layout = layout;
        this.order = order;
        variant = variant(images);
        records = new Records(images, layout, order);
        binaryIds = new BinaryIds(images);
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

    private int summaries() {
        return isContextSensitive() ? 2 : 1;
    }

    private boolean isContextSensitive() {
        return (variant & Variant.CONTEXT_SENSITIVE) != 0;
    }

    private boolean hasTimes() {
        return Variant.hasTimes(variant);
    }

    private int headSize() {
        return layout.headerSize() + summaries() * Summary.SIZE;
    }

    /** The most bytes behind the bucket table. */
    private long tailSize() {
        long size = layout.hasBinaryIds() ? binaryIds.size() : 0;
        size += layout.hasVtableNames() ? Long.BYTES : 0;
        return size + (hasTimes() ? Trace.size(order.size()) : 0);
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
     * The size of the profile as long as no value was observed. All records are looked at.
     *
     * @return bytes
     */
    public long size() {
        return IndexedLayout.padded(headSize() + records.allSizes()) + Chains.tableSize(order) + tailSize();
    }

    /**
     * The size of the profile with some values.
     *
     * @param values how many, of all images together
     * @return bytes
     */
    public long sizeWith(long values) {
        return size() + ValueSites.sizeOf(values);
    }

    /**
     * The profile with counts, and zeros at its end, which readers pass over.
     *
     * @param snapshots the counts of each image, in their order; of a site no more values than a profile can have. Nothing
     *     of them must change as long as the result is read
     * @param bytes its size, at least that with the values of all snapshots
     * @return the file, to be closed
     * @throws IOException if names cannot be read, or if there is no memory
     * @throws IllegalArgumentException if the snapshots are of other images, or if the size is too small
     */
    public IndexedFile with(List<Snapshot> snapshots, long bytes) throws IOException {
        if (!snapshots.stream().map(Snapshot::image).toList().equals(images)) {
            throw new IllegalArgumentException("snapshots of other images");
        }
        Chains chains = new Chains(records, new RecordCounts(records, snapshots), order.names(images));
        try {
            return file(snapshots, chains, bytes);
        } catch (IOException | RuntimeException | Error e) {
            chains.close();
            throw e;
        }
    }

    /**
     * The profile with counts, in memory.
     *
     * @param snapshots as {@link #with} takes them
     * @return all bytes of it, little-endian
     * @throws IOException if it is larger than 2 GiB, or as {@link #with} says
     * @throws IllegalArgumentException if the snapshots are of other images
     */
    public ByteBuffer bytes(List<Snapshot> snapshots) throws IOException {
        long size = sizeWith(snapshots.stream()
                .mapToLong(snapshot -> snapshot.values().size())
                .sum());
        if (size > Integer.MAX_VALUE) {
            throw new IOException("an indexed profile of " + size + " bytes is too large");
        }
        try (IndexedFile file = with(snapshots, size)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
            file.read(0, bytes);
            return bytes.flip();
        }
    }

    private IndexedFile file(List<Snapshot> snapshots, Chains chains, long bytes) throws IOException {
        long counters = records.allCounters();
        try (Summary plain = new Summary(counters);
                Summary contextSensitive = new Summary(isContextSensitive() ? counters : 0)) {
            chains.layOut(headSize(), plain, isContextSensitive() ? contextSensitive : null);
            ByteBuffer head = ByteBuffer.allocate(headSize()).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer tail = ByteBuffer.allocate(Math.toIntExact(tailSize())).order(ByteOrder.LITTLE_ENDIAN);
            putHeadAndTail(snapshots, chains.table(), head, tail);
            plain.put(head);
            if (isContextSensitive()) {
                contextSensitive.put(head);
            }
            long end = chains.table() + Chains.tableSize(order) + tail.flip().limit();
            if (end > bytes) {
                throw new IllegalArgumentException(bytes + " bytes are too few for a profile of " + end);
            }
            return new IndexedFile(head.flip(), chains, tail, bytes);
        }
    }

    private void putHeadAndTail(List<Snapshot> snapshots, long table, ByteBuffer head, ByteBuffer tail) {
        long begin = table + Chains.tableSize(order);
        if (layout.hasBinaryIds()) {
            binaryIds.put(tail);
        }
        long vtableNames = begin + tail.position();
        if (layout.hasVtableNames()) {
            tail.putLong(0);
        }
        long traces = begin + tail.position();
        if (hasTimes()) {
            Trace.put(snapshots, tail);
        }
        head.putLong(IndexedLayout.MAGIC)
                .putLong(version())
                .putLong(0)
                .putLong(HASH_TYPE_MD5)
                .putLong(table);
        if (layout.hasMemProf()) {
            head.putLong(0);
        }
        if (layout.hasBinaryIds()) {
            head.putLong(begin);
        }
        if (layout.hasTraces()) {
            head.putLong(hasTimes() ? traces : 0);
        }
        if (layout.hasVtableNames()) {
            head.putLong(vtableNames);
        }
    }
}
