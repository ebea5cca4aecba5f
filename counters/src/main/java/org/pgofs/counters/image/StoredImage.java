package org.pgofs.counters.image;

import static org.pgofs.counters.format.InvalidFileException.require;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.Processor;
import org.pgofs.counters.format.RecordLayout;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;

/** An image read from an image file. It keeps the file's bytes and reads the records where they lie. */
public final class StoredImage implements Image {
    private static final HexFormat HEX = HexFormat.of();
    private static final int MOST_SHARED = 4;

    /** Bytes of a build id, {@code PGOFS_BUILD_ID_MAX}. */
    public static final int BUILD_ID_MAX = 64;

    /**
     * How many copies of an image's counters are in memory in the worst case: a take of all images is committed, after
     * a take of this image alone. The copies are the old carry and the new one, the taken counts, the served counts,
     * the last takes of both scopes, and buffers to read and write, for one image at a time. Marks have as many copies.
     */
    private static final int COPIES = 6;

    /** More than enough: a linker makes one. */
    private static final int MOST_BINARY_IDS = 16;

    private final ByteBuffer file;
    private final ImageLayout.Header header;
    private final String name;
    private final String digest;
    private final String buildId;
    private final int counterSize;
    private final int countersBegin;
    private final int countersEnd;
    private final int bitmapsBegin;
    private final int bitmapsEnd;
    private final CanonicalValues values;
    private final int unnamed;
    private final ConcurrentMap<PerImage<?>, Object> kept = new ConcurrentHashMap<>();

    /**
     * Reads and checks an image file.
     *
     * @param bytes the whole file; kept, not to be changed
     * @param path of the executable or shared library, as a target told it
     * @param taken whether a name is another image's
     */
    public static StoredImage read(byte[] bytes, String path, Predicate<String> taken) throws InvalidFileException {
        return read(bytes, digest(bytes), path, taken);
    }

    /** The same for a file whose {@link #digest(byte[])} is known. */
    public static StoredImage read(byte[] bytes, String digest, String path, Predicate<String> taken)
            throws InvalidFileException {
        return new StoredImage(
                bytes, digest, image -> ImageNames.of(path, image.buildId.isEmpty() ? digest : image.buildId, taken));
    }

    /**
     * Reads an image file that the store has named before.
     *
     * @param bytes the whole file; kept, not to be changed
     * @param name as {@link #name()} returned it
     */
    public static StoredImage restore(byte[] bytes, String name) throws InvalidFileException {
        return new StoredImage(bytes, digest(bytes), image -> name);
    }

    private StoredImage(byte[] bytes, String digest, Function<StoredImage, String> naming) throws InvalidFileException {
        file = ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        header = ImageLayout.read(file, bytes.length);
        counterSize = Variant.counterSize(header.rawVersion());
        int begin = Integer.MAX_VALUE;
        int end = 0;
        int firstBitmap = Integer.MAX_VALUE;
        int lastBitmap = 0;
        for (int i = 0; i < functions(); i++) {
            checkCounters(i);
            checkBitmap(i);
            checkValueSites(i);
            int offset = (int) file.getLong(record(i) + RecordLayout.COUNTERS_OFFSET);
            begin = Math.min(begin, offset);
            end = Math.max(end, offset + counters(i) * counterSize);
            if (bitmapSize(i) > 0) {
                int bitmap = (int) file.getLong(record(i) + RecordLayout.BITMAP_OFFSET);
                firstBitmap = Math.min(firstBitmap, bitmap);
                lastBitmap = Math.max(lastBitmap, bitmap + bitmapSize(i));
            }
        }
        requireProportion();
        countersBegin = begin;
        countersEnd = end;
        bitmapsBegin = Math.min(firstBitmap, lastBitmap);
        bitmapsEnd = lastBitmap;
        values = new CanonicalValues(this, (int) header.valueSites());
        unnamed = countUnnamed();
        Names.read(vtableNames(), Names.CHECK);
        this.digest = digest;
        buildId = buildId(binaryIds());
        name = naming.apply(this);
    }

    private int countUnnamed() throws InvalidFileException {
        long[] references = new long[functions()];
        Arrays.setAll(references, this::nameRef);
        Missing missing =
                new Missing(Arrays.stream(references).sorted().distinct().toArray());
        Names.read(names(), missing);
        return missing.gaveUp() ? 0 : missing.count;
    }

    /** Counts the records whose name is missing. */
    private static final class Missing extends Names.Lookup {
        private final long[] references;
        private final BitSet named = new BitSet();
        private int count;

        /** Looks for the names of some references, which ascend. */
        Missing(long[] references) {
            this.references = references;
            count = references.length;
        }

        @Override
        boolean isDone() {
            return count == 0;
        }

        @Override
        void see(long reference) {
            int found = Arrays.binarySearch(references, reference);
            if (found >= 0 && !named.get(found)) {
                named.set(found);
                count--;
            }
        }
    }

    /**
     * Records have counters, bitmaps and sites of their own, so the sums over all records must not exceed the sizes of
     * the sections. If many records shared the same counters, going through all records would take for ever. A linker
     * may make a few records share them.
     */
    private void requireProportion() throws InvalidFileException {
        long counted = 0;
        long mapped = 0;
        long sites = 0;
        for (int i = 0; i < functions(); i++) {
            counted += Integer.toUnsignedLong(counters(i)) * counterSize;
            mapped += Integer.toUnsignedLong(file.getInt(record(i) + RecordLayout.BITMAP_SIZE));
            for (ValueKind kind : ValueKind.values()) {
                sites += valueSites(i, kind);
            }
        }
        require(
                counted / MOST_SHARED <= header.countersSize()
                        && mapped / MOST_SHARED <= header.bitmapsSize()
                        && sites / MOST_SHARED <= header.valueSites(),
                "has records that share their counters, bitmaps or value sites");
    }

    private void checkCounters(int function) throws InvalidFileException {
        long offset = file.getLong(record(function) + RecordLayout.COUNTERS_OFFSET);
        long size = Integer.toUnsignedLong(counters(function)) * counterSize;
        require(
                size > 0 && new Area(offset, size).fits(0, header.countersSize()) && offset % counterSize == 0,
                "has a record %d whose counters are outside the counters section",
                function);
        require(
                size >= Long.BYTES || !Variant.hasTimes(header.rawVersion()),
                "has a record %d whose counters have no room for a time",
                function);
    }

    private void checkBitmap(int function) throws InvalidFileException {
        long offset = file.getLong(record(function) + RecordLayout.BITMAP_OFFSET);
        long size = Integer.toUnsignedLong(file.getInt(record(function) + RecordLayout.BITMAP_SIZE));
        require(
                new Area(offset, size).fits(0, header.bitmapsSize()),
                "has a record %d whose bitmap is outside the bitmaps section",
                function);
    }

    private void checkValueSites(int function) throws InvalidFileException {
        long sites = 0;
        for (ValueKind kind : ValueKind.values()) {
            sites += valueSites(function, kind);
        }
        long first = Integer.toUnsignedLong(valueSite(function));
        require(
                sites == 0 || (first <= header.valueSites() && sites <= header.valueSites() - first),
                "has a record %d whose value sites are outside the image's",
                function);
    }

    /** The {@link #digest()} that an image made of these bytes would have; they need not be an image file. */
    public static String digest(byte[] bytes) {
        try {
            return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first binary id. All are checked, since llvm-profdata rejects a whole profile for a malformed one. */
    private static String buildId(ByteBuffer binaryIds) throws InvalidFileException {
        String first = "";
        for (int count = 1; binaryIds.hasRemaining(); count++) {
            require(count <= MOST_BINARY_IDS, "has more than %d binary ids", MOST_BINARY_IDS);
            require(binaryIds.remaining() >= Long.BYTES, "has a binary id that is cut off");
            long size = binaryIds.getLong();
            long padding = -size & (Long.BYTES - 1);
            require(
                    size > 0 && size <= BUILD_ID_MAX && size + padding <= binaryIds.remaining(),
                    "has a binary id of %d bytes",
                    size);
            byte[] id = new byte[(int) size];
            binaryIds.get(id);
            first = first.isEmpty() ? HEX.formatHex(id) : first;
            for (long i = 0; i < padding; i++) {
                require(binaryIds.get() == 0, "has a binary id with odd padding");
            }
        }
        return first;
    }

    /** The SHA-256 of the image file in hexadecimal. Two image files with the same digest are the same image. */
    public String digest() {
        return digest;
    }

    /** The size of the image file in bytes. */
    public int fileSize() {
        return file.limit();
    }

    /** About how many bytes the image and its counters take up. */
    public long memory() {
        return memory(header, fileSize());
    }

    /**
     * About how many bytes an image and its counters take up at the worst moment: the file, its records in the form of
     * profiles, all copies of the counters (see {@link #COPIES}), and tables of value sites and vtables.
     *
     * @param fileSize of the whole image file in bytes
     */
    public static long memory(ImageLayout.Header header, long fileSize) {
        return 2 * fileSize
                + COPIES * (header.countersSize() + header.bitmapsSize())
                + header.valueSites()
                + header.vtables().size() / ImageLayout.VTABLE_SIZE * VtableRanges.KEPT
                + header.records().size() / RecordLayout.SIZE * Long.BYTES;
    }

    /** The image file's bytes; not to be changed. */
    public ByteBuffer file() {
        return file.duplicate().rewind();
    }

    /** The number of functions whose name is missing, as far as that is known. */
    public int unnamed() {
        return unnamed;
    }

    /** The size in bytes that the counters section of every segment of this image has. */
    public long sectionSize() {
        return header.countersSize();
    }

    /** The size in bytes that the bitmaps section of every segment of this image has. */
    public long bitmapsSectionSize() {
        return header.bitmapsSize();
    }

    /** How many counters are sums; byte counters are not. */
    public int sums() {
        return counterSize == Long.BYTES ? countersSize() / Long.BYTES : 0;
    }

    /** Where the served bitmaps start in the bitmaps section. */
    public int bitmapsBegin() {
        return bitmapsBegin;
    }

    /** The number of functions and vtables. */
    public long addresses() {
        return functions() + header.vtables().size() / ImageLayout.VTABLE_SIZE;
    }

    /** How values of this image are made canonical. */
    public CanonicalValues values() {
        return values;
    }

    /** Where the served counters start in the counters section; before and after them is the linker's padding. */
    public int countersBegin() {
        return countersBegin;
    }

    private int record(int function) {
        return (int) header.records().offset() + function * RecordLayout.SIZE;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String buildId() {
        return buildId;
    }

    @Override
    public Processor processor() {
        return header.processor();
    }

    @Override
    public long rawVersion() {
        return header.rawVersion();
    }

    @Override
    public int functions() {
        return (int) (header.records().size() / RecordLayout.SIZE);
    }

    @Override
    public int countersSize() {
        return countersEnd - countersBegin;
    }

    @Override
    public int bitmapsSize() {
        return bitmapsEnd - bitmapsBegin;
    }

    @Override
    public long nameRef(int function) {
        return file.getLong(record(function) + RecordLayout.NAME_REF);
    }

    @Override
    public long funcHash(int function) {
        return file.getLong(record(function) + RecordLayout.FUNC_HASH);
    }

    @Override
    public int countersOffset(int function) {
        return (int) file.getLong(record(function) + RecordLayout.COUNTERS_OFFSET) - countersBegin;
    }

    @Override
    public int counters(int function) {
        return file.getInt(record(function) + RecordLayout.COUNTERS);
    }

    @Override
    public int bitmapOffset(int function) {
        return bitmapSize(function) == 0
                ? 0
                : (int) file.getLong(record(function) + RecordLayout.BITMAP_OFFSET) - bitmapsBegin;
    }

    @Override
    public int bitmapSize(int function) {
        return file.getInt(record(function) + RecordLayout.BITMAP_SIZE);
    }

    @Override
    public long address(int function) {
        return file.getLong(record(function) + RecordLayout.FUNCTION);
    }

    @Override
    public int valueSites(int function, ValueKind kind) {
        int at = record(function) + RecordLayout.VALUE_SITES + kind.number() * Short.BYTES;
        return Short.toUnsignedInt(file.getShort(at));
    }

    @Override
    public int valueSite(int function) {
        return file.getInt(record(function) + RecordLayout.VALUE_SITE);
    }

    @Override
    public ByteBuffer names() {
        return part(header.names());
    }

    @Override
    public ByteBuffer binaryIds() {
        return part(header.binaryIds());
    }

    @Override
    public ByteBuffer vtables() {
        return part(header.vtables());
    }

    @Override
    public ByteBuffer vtableNames() {
        return part(header.vtableNames());
    }

    @Override
    public ConcurrentMap<PerImage<?>, Object> kept() {
        return kept;
    }

    private ByteBuffer part(Area area) {
        return area.of(file);
    }
}
