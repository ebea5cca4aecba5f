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
import org.pgofs.counters.Image;
import org.pgofs.counters.Snapshot;
import org.pgofs.counters.ValueCounts;
import org.pgofs.counters.ValueKind;

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
        ByteBuffer vtableNameBytes)
        implements Image {

    /** A function record as an image has it. */
    record Function(
            long nameRef,
            long funcHash,
            int countersOffset,
            int counters,
            int bitmapOffset,
            int bitmapSize,
            long address,
            List<Integer> sites) {}

    /** An image whose counters follow one another in the order of its functions. */
    static Builder of(String name, long rawVersion) {
        return new Builder(name, rawVersion);
    }

    Snapshot snapshot() {
        return new Snapshot(this, direct(counterBytes), direct(bitmapBytes), new ValueCounts(), Instant.EPOCH);
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
        int site = 0;
        for (int i = 0; i < function; i++) {
            for (ValueKind kind : ValueKind.values()) {
                site += valueSites(i, kind);
            }
        }
        return site;
    }

    @Override
    public int valueSites(int function, ValueKind kind) {
        return all.get(function).sites().get(List.of(ValueKind.values()).indexOf(kind));
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

        private Builder(String name, long rawVersion) {
            this.name = name;
            this.rawVersion = rawVersion;
        }

        Builder function(String functionName, long hash, long... counts) {
            return function(functionName, hash, List.of(0, 0, 0), new byte[0], counts);
        }

        Builder function(String functionName, long hash, List<Integer> sites, byte[] bitmap, long... counts) {
            int offset = counters.size();
            for (long count : counts) {
                counters.writeBytes(littleEndian(count));
            }
            return add(functionName, hash, sites, bitmap, offset, counts.length);
        }

        Builder byteFunction(String functionName, long hash, byte... covered) {
            int offset = counters.size();
            counters.writeBytes(covered);
            return add(functionName, hash, List.of(0, 0, 0), new byte[0], offset, covered.length);
        }

        private Builder add(
                String functionName, long hash, List<Integer> sites, byte[] bitmap, int offset, int counterCount) {
            long address = 0x1000 + 16L * all.size();
            all.add(new Function(
                    nameRef(functionName),
                    hash,
                    offset,
                    counterCount,
                    bitmaps.size(),
                    bitmap.length,
                    address,
                    List.copyOf(sites)));
            bitmaps.writeBytes(bitmap);
            names.add(functionName);
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
                    ByteBuffer.wrap(vtableNames));
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
    private static byte[] nameBlob(List<String> names) {
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
