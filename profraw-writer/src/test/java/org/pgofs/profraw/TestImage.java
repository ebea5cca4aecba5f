package org.pgofs.profraw;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.PerImage;

/** An image made of parts that a test gives. */
record TestImage(
        String name,
        long rawVersion,
        List<Function> all,
        ByteBuffer counterBytes,
        ByteBuffer bitmapBytes,
        ByteBuffer nameBytes,
        ByteBuffer binaryIdBytes,
        ByteBuffer vtableBytes,
        ByteBuffer vtableNameBytes,
        ValueCounts values)
        implements Image {

    @Override
    public ConcurrentMap<PerImage<?>, Object> kept() {
        return new ConcurrentHashMap<>();
    }

    /** Sites of an image need not be numbered from 0. */
    private static final int SITES_BEGIN = 7;

    /** A function record as an image has it. */
    record Function(
            long nameRef,
            long funcHash,
            int countersOffset,
            int counters,
            int bitmapOffset,
            int bitmapSize,
            long address,
            int valueSite,
            List<Integer> sites) {
        Function withValueSite(int site) {
            return new Function(
                    nameRef, funcHash, countersOffset, counters, bitmapOffset, bitmapSize, address, site, sites);
        }
    }

    /** The image and counts that a profile is of. */
    static TestImage of(ParsedProfile profile) {
        return new TestImage(
                "parsed",
                profile.rawVersion(),
                profile.functions().stream()
                        .map(f -> new Function(
                                f.nameRef(),
                                f.funcHash(),
                                f.countersOffset(),
                                f.counters(),
                                f.bitmapOffset(),
                                f.bitmapSize(),
                                f.address(),
                                f.valueSite(),
                                f.sites()))
                        .toList(),
                profile.counters(),
                profile.bitmaps(),
                profile.names(),
                profile.binaryIds(),
                profile.vtables(),
                profile.vtableNames(),
                profile.values());
    }

    /** An image whose counters follow one another in the order of its functions. */
    static Builder of(String name, long rawVersion) {
        return new Builder(name, rawVersion);
    }

    /** The same image with other values. */
    TestImage with(ValueCounts others) {
        return with(all, others);
    }

    /** The same image with other functions. */
    TestImage with(List<Function> others) {
        return with(others, values);
    }

    /** The same image, whose functions nobody can name. */
    TestImage withoutNames() {
        return new TestImage(
                name,
                rawVersion,
                all.stream()
                        .map(f -> new Function(
                                f.nameRef() + 1,
                                f.funcHash(),
                                f.countersOffset(),
                                f.counters(),
                                f.bitmapOffset(),
                                f.bitmapSize(),
                                f.address(),
                                f.valueSite(),
                                f.sites()))
                        .toList(),
                counterBytes,
                bitmapBytes,
                ByteBuffer.allocate(0),
                binaryIdBytes,
                vtableBytes,
                vtableNameBytes,
                values);
    }

    private TestImage with(List<Function> functions, ValueCounts observed) {
        return new TestImage(
                name,
                rawVersion,
                functions,
                counterBytes,
                bitmapBytes,
                nameBytes,
                binaryIdBytes,
                vtableBytes,
                vtableNameBytes,
                observed);
    }

    Snapshot snapshot() {
        return new Snapshot(this, direct(counterBytes), direct(bitmapBytes), values, Instant.EPOCH);
    }

    @Override
    public String buildId() {
        return "";
    }

    @Override
    public int functions() {
        return all.size();
    }

    @Override
    public int countersSize() {
        return counterBytes.remaining();
    }

    @Override
    public int bitmapsSize() {
        return bitmapBytes.remaining();
    }

    @Override
    public long nameRef(int function) {
        return all.get(function).nameRef();
    }

    @Override
    public long funcHash(int function) {
        return all.get(function).funcHash();
    }

    @Override
    public int countersOffset(int function) {
        return all.get(function).countersOffset();
    }

    @Override
    public int counters(int function) {
        return all.get(function).counters();
    }

    @Override
    public int bitmapOffset(int function) {
        return all.get(function).bitmapOffset();
    }

    @Override
    public int bitmapSize(int function) {
        return all.get(function).bitmapSize();
    }

    @Override
    public long address(int function) {
        return all.get(function).address();
    }

    @Override
    public int valueSite(int function) {
        return all.get(function).valueSite();
    }

    @Override
    public int valueSites(int function, ValueKind kind) {
        return all.get(function).sites().get(kind.number());
    }

    @Override
    public ByteBuffer names() {
        return readOnly(nameBytes);
    }

    @Override
    public ByteBuffer binaryIds() {
        return readOnly(binaryIdBytes);
    }

    @Override
    public ByteBuffer vtables() {
        return readOnly(vtableBytes);
    }

    @Override
    public ByteBuffer vtableNames() {
        return readOnly(vtableNameBytes);
    }

    private static ByteBuffer readOnly(ByteBuffer bytes) {
        return bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** As the store keeps counts: outside the heap. */
    private static ByteBuffer direct(ByteBuffer bytes) {
        ByteBuffer copy = ByteBuffer.allocateDirect(bytes.remaining());
        return readOnly(copy.put(bytes.duplicate()).flip());
    }

    /** Collects functions. */
    static final class Builder {
        private final String name;
        private final long rawVersion;
        private final List<Function> all = new ArrayList<>();
        private final List<String> names = new ArrayList<>();
        private final ByteArrayOutputStream counters = new ByteArrayOutputStream();
        private final ByteArrayOutputStream bitmaps = new ByteArrayOutputStream();
        private final ValueCounts values = new ValueCounts();
        private int sites;

        private Builder(String name, long rawVersion) {
            this.name = name;
            this.rawVersion = rawVersion;
        }

        Builder function(String functionName, long hash, long... counts) {
            return function(functionName, hash, List.of(0, 0, 0), new byte[0], counts);
        }

        Builder function(String functionName, long hash, List<Integer> functionSites, byte[] bitmap, long... counts) {
            int offset = counters.size();
            for (long count : counts) {
                counters.writeBytes(littleEndian(count));
            }
            return add(functionName, hash, functionSites, bitmap, offset, counts.length);
        }

        Builder byteFunction(String functionName, long hash, byte... covered) {
            int offset = counters.size();
            counters.writeBytes(covered);
            return add(functionName, hash, List.of(0, 0, 0), new byte[0], offset, covered.length);
        }

        private Builder add(
                String functionName,
                long hash,
                List<Integer> functionSites,
                byte[] bitmap,
                int offset,
                int counterCount) {
            all.add(new Function(
                    nameRef(functionName),
                    hash,
                    offset,
                    counterCount,
                    bitmaps.size(),
                    bitmap.length,
                    address(),
                    firstSite(),
                    List.copyOf(functionSites)));
            sites += functionSites.stream().mapToInt(Integer::intValue).sum();
            bitmaps.writeBytes(bitmap);
            names.add(functionName);
            return this;
        }

        /** The number of the next function's first value site. */
        int firstSite() {
            return SITES_BEGIN + sites;
        }

        /** The address of the next function. */
        long address() {
            return 0x1000 + 16L * all.size();
        }

        /** Adds an observation at a site of a function that was added or will be. */
        Builder value(int site, long value, long count) {
            values.add(site, value, count);
            return this;
        }

        TestImage build() {
            return build(new byte[0], new byte[0], new byte[0]);
        }

        TestImage build(byte[] binaryIds, byte[] vtables, byte[] vtableNames) {
            return new TestImage(
                    name,
                    rawVersion,
                    List.copyOf(all),
                    ByteBuffer.wrap(counters.toByteArray()),
                    ByteBuffer.wrap(bitmaps.toByteArray()),
                    ByteBuffer.wrap(nameBlob(names)),
                    ByteBuffer.wrap(binaryIds),
                    ByteBuffer.wrap(vtables),
                    ByteBuffer.wrap(vtableNames),
                    values);
        }
    }

    private static byte[] littleEndian(long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    static long nameRef(String functionName) {
        try {
            byte[] md5 = MessageDigest.getInstance("MD5").digest(functionName.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(md5).order(ByteOrder.LITTLE_ENDIAN).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Names as one uncompressed blob: ULEB128 size, ULEB128 0, names separated by 0x01. */
    static byte[] nameBlob(List<String> names) {
        byte[] joined = String.join("\u0001", names).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        int size = joined.length;
        for (; size >= 0x80; size >>>= 7) {
            blob.write((size & 0x7f) | 0x80);
        }
        blob.write(size);
        blob.write(0);
        blob.writeBytes(joined);
        return blob.toByteArray();
    }
}
