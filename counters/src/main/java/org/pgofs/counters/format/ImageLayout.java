package org.pgofs.counters.format;

import static org.pgofs.counters.format.InvalidFileException.require;

import java.nio.ByteBuffer;
import java.util.Optional;

/** The header of an image file, {@code struct pgofs_image_header}; {@code pgofs_format.h} has the diagram. */
public final class ImageLayout {
    public static final String PREFIX = "i-";
    public static final long MAGIC_VALUE = 0x31474d49464f4750L;

    public static final int MAGIC = 0;
    public static final int VERSION = MAGIC + Long.BYTES;
    public static final int HEADER_SIZE = VERSION + Integer.BYTES;
    public static final int FILE_SIZE = HEADER_SIZE + Integer.BYTES;
    public static final int RAW_VERSION = FILE_SIZE + Long.BYTES;
    public static final int KEY = RAW_VERSION + Long.BYTES;
    public static final int COUNTERS_SIZE = KEY + 2 * Long.BYTES;
    public static final int BITMAPS_SIZE = COUNTERS_SIZE + Long.BYTES;
    public static final int VALUE_SITES = BITMAPS_SIZE + Long.BYTES;
    public static final int BINARY_IDS = VALUE_SITES + Long.BYTES;
    public static final int RECORDS = BINARY_IDS + 2 * Long.BYTES;
    public static final int NAMES = RECORDS + 2 * Long.BYTES;
    public static final int VTABLES = NAMES + 2 * Long.BYTES;
    public static final int VTABLE_NAMES = VTABLES + 2 * Long.BYTES;
    public static final int SIZE = VTABLE_NAMES + 2 * Long.BYTES;

    /** The size of {@code struct pgofs_vtable}. */
    public static final int VTABLE_SIZE = 24;

    /** The field with the size of the header has the processor in its upper half. */
    private static final int SIZE_BITS = 16;

    private static final int SIZE_MASK = 0xffff;

    /** A browser has some millions. */
    private static final long MAX_VALUE_SITES = 1 << 26;

    private ImageLayout() {}

    /** What the field with the size of the header has for a processor. */
    public static int headerSize(Processor processor) {
        return SIZE | processor.imageMachine() << SIZE_BITS;
    }

    /** What an image file says of itself, and where its parts lie. */
    public record Header(
            Processor processor,
            long rawVersion,
            long countersSize,
            long bitmapsSize,
            long valueSites,
            Area binaryIds,
            Area records,
            Area names,
            Area vtables,
            Area vtableNames) {}

    /**
     * Reads and checks the header of an image file.
     *
     * @param file its first bytes or all of it, little-endian, from position 0
     * @param size of the whole file in bytes
     */
    public static Header read(ByteBuffer file, long size) throws InvalidFileException {
        require(file.limit() >= SIZE && size >= SIZE, "is too short for an image file: %d bytes", size);
        require(file.getLong(MAGIC) == MAGIC_VALUE, "is not an image file: wrong magic");
        int version = file.getInt(VERSION);
        require(
                version == SegmentLayout.FORMAT_VERSION,
                "has format version %d, this daemon knows %d",
                version,
                SegmentLayout.FORMAT_VERSION);
        int headerSize = file.getInt(HEADER_SIZE);
        require((headerSize & SIZE_MASK) == SIZE, "has a header of %d bytes", headerSize & SIZE_MASK);
        Optional<Processor> processor = Processor.ofImage(headerSize >>> SIZE_BITS);
        require(processor.isPresent(), "is for a machine that this daemon does not know: %d", headerSize >>> SIZE_BITS);
        require(
                file.getLong(FILE_SIZE) == size,
                "has %d bytes, not the %d of its header",
                size,
                file.getLong(FILE_SIZE));
        long countersSize = file.getLong(COUNTERS_SIZE);
        require(
                countersSize > 0
                        && countersSize <= Integer.MAX_VALUE
                        && countersSize % Variant.counterSize(file.getLong(RAW_VERSION)) == 0,
                "has %d bytes of counters",
                countersSize);
        long bitmapsSize = file.getLong(BITMAPS_SIZE);
        require(bitmapsSize >= 0 && bitmapsSize <= Integer.MAX_VALUE, "has %d bytes of bitmaps", bitmapsSize);
        long valueSites = file.getLong(VALUE_SITES);
        require(valueSites >= 0 && valueSites <= MAX_VALUE_SITES, "has %d value sites", valueSites);
        Area binaryIds = area(file, size, BINARY_IDS, Long.BYTES, "binary ids");
        Area records = area(file, size, RECORDS, RecordLayout.SIZE, "records");
        require(records.size() > 0, "has no records");
        return new Header(
                processor.get(),
                file.getLong(RAW_VERSION),
                countersSize,
                bitmapsSize,
                valueSites,
                binaryIds,
                records,
                area(file, size, NAMES, 1, "names"),
                area(file, size, VTABLES, VTABLE_SIZE, "vtables"),
                area(file, size, VTABLE_NAMES, 1, "vtable names"));
    }

    private static Area area(ByteBuffer file, long size, int at, int unit, String what) throws InvalidFileException {
        Area area = Area.read(file, at);
        require(area.fits(SIZE, size) && area.size() % unit == 0, "has its %s out of place", what);
        return area;
    }
}
