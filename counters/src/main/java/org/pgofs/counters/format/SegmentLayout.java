package org.pgofs.counters.format;

import static org.pgofs.counters.format.InvalidFileException.require;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The header of a segment, {@code struct pgofs_segment_header}; {@code pgofs_format.h} has the diagram. */
public final class SegmentLayout {
    public static final long MAGIC_VALUE = 0x31474553464f4750L;
    public static final int FORMAT_VERSION = 1;
    static final int PATH_MAX = 1024;

    public static final int MAGIC = 0;
    public static final int VERSION = MAGIC + Long.BYTES;
    public static final int PAGE_SIZE = VERSION + Integer.BYTES;
    public static final int FILE_SIZE = PAGE_SIZE + Integer.BYTES;
    public static final int RAW_VERSION = FILE_SIZE + Long.BYTES;
    public static final int IMAGE_KEY = RAW_VERSION + Long.BYTES;
    public static final int IMAGE_NONCE = IMAGE_KEY + 2 * Long.BYTES;
    public static final int COUNTERS = IMAGE_NONCE + Long.BYTES;
    public static final int BITMAPS = COUNTERS + 2 * Long.BYTES;
    public static final int VALUE_SITES = BITMAPS + 2 * Long.BYTES;
    public static final int VALUE_SITE_SIZE = VALUE_SITES + 2 * Long.BYTES;
    public static final int VALUE_SLOTS = VALUE_SITE_SIZE + Integer.BYTES;
    public static final int LOAD_BIAS = VALUE_SLOTS + Integer.BYTES;
    static final int LINK_BEGIN = LOAD_BIAS + Long.BYTES;
    static final int LINK_END = LINK_BEGIN + Long.BYTES;
    static final int PUBLISHED_NS = LINK_END + Long.BYTES;
    public static final int PID = PUBLISHED_NS + Long.BYTES;
    public static final int PATH_SIZE = PID + Integer.BYTES;
    static final int UID = PATH_SIZE + Integer.BYTES;
    static final int RESERVED = UID + Integer.BYTES;
    public static final int PATH = RESERVED + Integer.BYTES;
    static final int RELOCATED = PATH + PATH_MAX;
    public static final int SIZE = RELOCATED + 2 * Long.BYTES;

    private static final int MIN_PAGE = 4096;
    private static final int MAX_PAGE = 65536;

    private SegmentLayout() {}

    /**
     * What the store needs of a segment's header, checked against the size of its file.
     *
     * @param relocated addresses of other images; absent in segments of runtimes that did not tell them
     * @param controlPage offset of the control page
     * @param loadBias run-time address minus link-time address
     */
    public record Header(
            long rawVersion,
            ImageKey imageKey,
            Area counters,
            Area bitmaps,
            Area valueSites,
            Area relocated,
            long controlPage,
            long loadBias,
            int pid,
            String path) {}

    /**
     * Reads and checks a header.
     *
     * @param header {@link #SIZE} bytes, little-endian
     * @param fileSize the real size of the file in bytes
     */
    public static Header read(ByteBuffer header, long fileSize) throws InvalidFileException {
        require(header.getLong(MAGIC) == MAGIC_VALUE, "is not a segment: wrong magic");
        int version = header.getInt(VERSION);
        require(version == FORMAT_VERSION, "has format version %d, this daemon knows %d", version, FORMAT_VERSION);
        require(
                header.getLong(FILE_SIZE) == fileSize,
                "has %d bytes, not the %d of its header",
                fileSize,
                header.getLong(FILE_SIZE));
        int page = header.getInt(PAGE_SIZE);
        require(page >= MIN_PAGE && page <= MAX_PAGE && Integer.bitCount(page) == 1, "has a page size of %d", page);
        Area counters = mapped(header, COUNTERS, page, 2L * page, fileSize, "counters");
        require(
                counters.size() > 0 && counters.size() <= Integer.MAX_VALUE,
                "has %d bytes of counters",
                counters.size());
        Area bitmaps = mapped(header, BITMAPS, page, counters.end(), fileSize, "bitmaps");
        Area valueSites =
                mapped(header, VALUE_SITES, page, Math.max(counters.end(), bitmaps.end()), fileSize, "value sites");
        require(
                valueSites.size() == 0
                        || (header.getInt(VALUE_SITE_SIZE) == ValueSiteLayout.SIZE
                                && header.getInt(VALUE_SLOTS) == ValueSiteLayout.SLOTS
                                && valueSites.size() % ValueSiteLayout.SIZE == 0),
                "has value sites of another size");
        Area relocated = mapped(
                header,
                RELOCATED,
                page,
                Math.max(Math.max(counters.end(), bitmaps.end()), valueSites.end()),
                fileSize,
                "relocated addresses");
        require(relocated.size() % RelocatedLayout.SIZE == 0, "has %d bytes of addresses", relocated.size());
        int pathSize = header.getInt(PATH_SIZE);
        require(pathSize >= 0 && pathSize <= PATH_MAX, "has a path of %d bytes", pathSize);
        byte[] path = new byte[pathSize];
        header.get(PATH, path);
        ImageKey key = new ImageKey(
                header.getInt(UID),
                header.getLong(IMAGE_KEY),
                header.getLong(IMAGE_KEY + Long.BYTES),
                header.getLong(IMAGE_NONCE));
        return new Header(
                header.getLong(RAW_VERSION),
                key,
                counters,
                bitmaps,
                valueSites,
                relocated,
                page,
                header.getLong(LOAD_BIAS),
                header.getInt(PID),
                new String(path, StandardCharsets.UTF_8));
    }

    private static Area mapped(ByteBuffer header, int at, int page, long begin, long end, String what)
            throws InvalidFileException {
        Area area = Area.read(header, at);
        require(area.fits(begin, end) && area.offset() % page == 0, "has its %s out of place", what);
        return area;
    }
}
