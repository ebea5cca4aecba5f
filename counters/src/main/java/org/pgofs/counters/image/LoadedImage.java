package org.pgofs.counters.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.RecordLayout;
import org.pgofs.counters.format.ValueKind;

/**
 * An image as a process had it in memory, or as the compiler's own runtime wrote it into a raw profile: its records hold
 * the run-time addresses of that process. What is canonical does not: each function and each vtable has an address that
 * follows from its place among the records. So the image is the same in all processes, wherever they were loaded and
 * whichever functions of other images they use, and it is the same whether its memory was read or its profile.
 *
 * <p>Everything may be anything, but for the sizes: {@link StoredImage} checks the rest.
 */
public final class LoadedImage {
    /** Canonical addresses of functions begin here, {@link #STEP} apart; nothing else is near. */
    private static final long FUNCTIONS = 1L << 40;

    private static final long VTABLES = 1L << 41;
    private static final int STEP = 16;

    private static final int VTABLE_ADDRESS = 8;
    private static final int VTABLE_BYTES = 16;

    private final Parts parts;
    private final List<Function> functions;
    private final Map<Long, Long> canonicalFunctions = new HashMap<>();
    private final ByteBuffer canonicalVtables;
    private final NavigableMap<Long, Vtable> vtables = new TreeMap<>();

    private final int[] sites;
    private final byte[] kinds;

    private record Vtable(long canonical, long size) {}

    /**
     * A function record.
     *
     * @param nameRef as {@link Image#nameRef} has it
     * @param funcHash as {@link Image#funcHash} has it
     * @param countersOffset bytes from the start of the counters section
     * @param counters the number of its counters
     * @param bitmapOffset bytes from the start of the bitmaps section
     * @param bitmapSize bytes
     * @param address its run-time address, 0 if not known
     * @param values the run-time address of its value sites, 0 if not known
     * @param sites the number of its value sites of each {@link ValueKind}, by the kind's number
     */
    public record Function(
            long nameRef,
            long funcHash,
            long countersOffset,
            int counters,
            long bitmapOffset,
            int bitmapSize,
            long address,
            long values,
            List<Integer> sites) {
        /** The number of its value sites. */
        public int siteCount() {
            return sites.stream().mapToInt(Integer::intValue).sum();
        }
    }

    /**
     * What belongs to an image beside its functions.
     *
     * @param rawVersion {@code __llvm_profile_raw_version}, variant bits included
     * @param binaryIds as {@link Image#binaryIds} has them, empty without ids
     * @param countersSize bytes of the counters section
     * @param bitmapsSize bytes of the bitmaps section
     * @param names the names section
     * @param vtables as {@link Image#vtables} has them, but at run-time addresses
     * @param vtableNames the names of the vtables
     */
    public record Parts(
            long rawVersion,
            ByteBuffer binaryIds,
            long countersSize,
            long bitmapsSize,
            ByteBuffer names,
            ByteBuffer vtables,
            ByteBuffer vtableNames) {}

    /**
     * Reads nothing but what it is given.
     *
     * @param functions in the order of their records
     */
    public LoadedImage(Parts parts, List<Function> functions) {
        this.parts = parts;
        this.functions = List.copyOf(functions);
        sites = new int[functions.size()];
        int count = 0;
        for (int i = 0; i < functions.size(); i++) {
            sites[i] = count;
            count = Math.addExact(count, functions.get(i).siteCount());
            long address = functions.get(i).address();
            if (address != 0) {
                canonicalFunctions.putIfAbsent(address, FUNCTIONS + (long) i * STEP);
            }
        }
        kinds = kinds(count);
        canonicalVtables = ByteBuffer.allocate(parts.vtables().remaining()).order(ByteOrder.LITTLE_ENDIAN);
        placeVtables();
    }

    private byte[] kinds(int count) {
        byte[] all = new byte[count];
        int site = 0;
        for (Function function : functions) {
            for (ValueKind kind : ValueKind.values()) {
                for (int i = function.sites().get(kind.number()); i > 0; i--) {
                    all[site++] = (byte) kind.number();
                }
            }
        }
        return all;
    }

    private void placeVtables() {
        ByteBuffer loaded = parts.vtables().slice().order(ByteOrder.LITTLE_ENDIAN);
        canonicalVtables.put(0, loaded, 0, loaded.limit());
        long next = VTABLES;
        for (int at = 0; at + ImageLayout.VTABLE_SIZE <= loaded.limit(); at += ImageLayout.VTABLE_SIZE) {
            long size = Integer.toUnsignedLong(loaded.getInt(at + VTABLE_BYTES));
            vtables.put(loaded.getLong(at + VTABLE_ADDRESS), new Vtable(next, size));
            canonicalVtables.putLong(at + VTABLE_ADDRESS, next);
            next += (size + STEP) & -STEP;
        }
    }

    /** The functions, in the order of their records. */
    public List<Function> functions() {
        return functions;
    }

    /** What belongs to it beside its functions. */
    public Parts parts() {
        return parts;
    }

    /** The number of the first value site of a function, counted over the image. */
    public int firstSite(int function) {
        return sites[function];
    }

    /** The number of its value sites. */
    public int siteCount() {
        return kinds.length;
    }

    /**
     * The canonical form of a value: the same as of {@link StoredImage#values} for what a process of this image published.
     *
     * @param site the number of the site where it was observed, less than {@link #siteCount}
     * @param value run-time address, or size
     */
    public long canonical(int site, long value) {
        if (kinds[site] == ValueKind.MEMOP_SIZE.number()) {
            return CanonicalValues.bucket(value);
        }
        if (kinds[site] == ValueKind.VTABLE_TARGET.number()) {
            return canonicalInVtable(value);
        }
        Long function = canonicalFunctions.get(value);
        return function != null ? function : CanonicalValues.external(value);
    }

    private long canonicalInVtable(long address) {
        Map.Entry<Long, Vtable> below = vtables.floorEntry(address);
        if (below == null || address - below.getKey() >= below.getValue().size) {
            return CanonicalValues.external(address);
        }
        return below.getValue().canonical + (address - below.getKey());
    }

    /** The image file that a process of this image would publish. */
    public byte[] toImageFile() {
        ByteBuffer records = ByteBuffer.allocate(Math.multiplyExact(functions.size(), RecordLayout.SIZE))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < functions.size(); i++) {
            put(records, i * RecordLayout.SIZE, i);
        }
        return new ImageFileBuilder(parts.rawVersion(), parts.countersSize(), parts.bitmapsSize())
                .valueSites(kinds.length)
                .binaryIds(parts.binaryIds())
                .records(records)
                .names(parts.names())
                .vtables(canonicalVtables, parts.vtableNames())
                .build();
    }

    private void put(ByteBuffer records, int at, int index) {
        Function function = functions.get(index);
        records.putLong(at + RecordLayout.NAME_REF, function.nameRef)
                .putLong(at + RecordLayout.FUNC_HASH, function.funcHash)
                .putLong(at + RecordLayout.COUNTERS_OFFSET, function.countersOffset)
                .putLong(at + RecordLayout.BITMAP_OFFSET, function.bitmapOffset)
                .putLong(at + RecordLayout.FUNCTION, canonicalFunctions.getOrDefault(function.address, 0L))
                .putInt(at + RecordLayout.VALUE_SITE, function.siteCount() == 0 ? 0 : sites[index])
                .putInt(at + RecordLayout.COUNTERS, function.counters)
                .putInt(at + RecordLayout.BITMAP_SIZE, function.bitmapSize);
        for (ValueKind kind : ValueKind.values()) {
            records.putShort(
                    at + RecordLayout.VALUE_SITES + kind.number() * Short.BYTES,
                    function.sites.get(kind.number()).shortValue());
        }
    }
}
