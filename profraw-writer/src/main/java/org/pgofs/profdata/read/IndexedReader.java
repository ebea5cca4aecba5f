package org.pgofs.profdata.read;

import static org.pgofs.profdata.read.MalformedIndexedException.require;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;
import org.pgofs.profdata.format.IndexedLayout;

/**
 * Reads indexed profiles. The bytes may be anything: every size, offset and number is checked before it is used, no byte is
 * read twice, and what is kept is in proportion to the bytes that are there and not to what they claim.
 */
public final class IndexedReader {
    private static final int TABLE_OFFSET = 4 * Long.BYTES;
    private static final int TRACES_OFFSET = 7 * Long.BYTES;
    private static final int MAX_VALUES = 255;

    private final ByteBuffer in;
    private IndexedLayout layout;
    private long version;

    private IndexedReader(ByteBuffer bytes) {
        in = bytes.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Whether bytes begin as an indexed profile does.
     *
     * @param bytes the remaining ones are looked at
     * @return whether they have its magic number
     */
    public static boolean isIndexed(ByteBuffer bytes) {
        return bytes.remaining() >= Long.BYTES
                && bytes.slice().order(ByteOrder.LITTLE_ENDIAN).getLong(0) == IndexedLayout.MAGIC;
    }

    /**
     * Reads a profile.
     *
     * @param bytes the remaining bytes are the file; they are kept, and not to be changed
     * @return its content
     * @throws MalformedIndexedException if it is none, or of a version that is not known
     */
    public static IndexedContent read(ByteBuffer bytes) throws MalformedIndexedException {
        return new IndexedReader(bytes).read();
    }

    private IndexedContent read() throws MalformedIndexedException {
        require(number("magic number") == IndexedLayout.MAGIC, "it has another magic number");
        version = number("version");
        int number = Variant.version(version);
        require(
                number >= IndexedLayout.FIRST && number <= IndexedLayout.LAST,
                "version %s is none of %d to %d",
                Integer.toUnsignedString(number),
                IndexedLayout.FIRST,
                IndexedLayout.LAST);
        layout = IndexedLayout.of(number);
        require(in.limit() >= layout.headerSize(), "it ends in the header");
        require(in.getLong(TABLE_OFFSET - Long.BYTES) == 0, "its names are hashed in an unknown way");
        in.position(layout.headerSize());
        skipSummary();
        if ((version & Variant.CONTEXT_SENSITIVE) != 0) {
            skipSummary();
        }
        List<ProfiledFunction> functions = readTable(in.position());
        return new IndexedContent(version, functions, readTraces());
    }

    private void skipSummary() throws MalformedIndexedException {
        long fields = number("summary");
        long cutoffs = number("summary");
        require(fields >= 0 && cutoffs >= 0 && fields <= in.limit() && cutoffs <= in.limit(), "its summary has no end");
        take(fields + 3 * cutoffs, Long.BYTES, "summary");
    }

    /** The chains lie between the summaries and the bucket table, in the order of the buckets. */
    private List<ProfiledFunction> readTable(int chainsBegin) throws MalformedIndexedException {
        long at = in.getLong(TABLE_OFFSET);
        require(at >= chainsBegin && at <= in.limit(), "its table of names is at %s", Long.toUnsignedString(at));
        int table = (int) at;
        in.position(table);
        long buckets = number("table of names");
        long names = number("table of names");
        ByteBuffer begins = take(buckets, Long.BYTES, "table of names");
        List<ProfiledFunction> functions = new ArrayList<>();
        long found = 0;
        int end = chainsBegin;
        while (begins.hasRemaining()) {
            long begin = begins.getLong();
            if (begin != 0) {
                require(
                        begin >= end && begin < table,
                        "its names begin at %s, where %d to %d are left",
                        Long.toUnsignedString(begin),
                        end,
                        table);
                in.position((int) begin);
                in.limit(table);
                found += readChain(functions);
                end = in.position();
                in.limit(in.capacity());
            }
        }
        require(found == names, "it has %d names and says %s", found, Long.toUnsignedString(names));
        return functions;
    }

    /** Returns the number of names. */
    private int readChain(List<ProfiledFunction> functions) throws MalformedIndexedException {
        require(in.remaining() >= Short.BYTES, "its names are cut off");
        int names = Short.toUnsignedInt(in.getShort());
        for (int i = 0; i < names; i++) {
            number("hash of a name");
            long nameSize = number("size of a name");
            long dataSize = number("size of a function");
            String name = StandardCharsets.ISO_8859_1
                    .decode(take(nameSize, 1, "name"))
                    .toString();
            require(
                    dataSize >= 0 && dataSize <= in.remaining(),
                    "%s has %s bytes of counts, where %d are left",
                    printable(name),
                    Long.toUnsignedString(dataSize),
                    in.remaining());
            int end = in.position() + (int) dataSize;
            while (in.position() < end) {
                functions.add(readFunction(name));
            }
            require(in.position() == end, "the counts of %s are longer than they say", printable(name));
        }
        return names;
    }

    private static String printable(String name) {
        String begin = name.length() > 100 ? name.substring(0, 100) + "..." : name;
        return begin.replaceAll("[^\\p{Graph}]", "?");
    }

    private ProfiledFunction readFunction(String name) throws MalformedIndexedException {
        long hash = number("hash of a function");
        ByteBuffer counters = take(number("number of counters"), Long.BYTES, "counters");
        ByteBuffer bitmap = layout.hasBitmaps()
                ? take(number("number of bitmap bytes"), Long.BYTES, "bitmap")
                : ByteBuffer.allocate(0);
        if (layout.hasUniformity()) {
            take(number("number of uniformity bytes"), Long.BYTES, "uniformity bytes");
        }
        return new ProfiledFunction(name, hash, counters, bitmap, readValues());
    }

    private List<List<List<ProfiledValue>>> readValues() throws MalformedIndexedException {
        int begin = in.position();
        require(in.remaining() >= 2 * Integer.BYTES, "its values are cut off");
        long size = Integer.toUnsignedLong(in.getInt());
        long kinds = Integer.toUnsignedLong(in.getInt());
        require(kinds <= ValueKind.COUNT, "it has values of %d kinds", kinds);
        List<List<List<ProfiledValue>>> values = new ArrayList<>();
        for (int i = 0; i < kinds; i++) {
            require(in.remaining() >= 2 * Integer.BYTES, "its values are cut off");
            long kind = Integer.toUnsignedLong(in.getInt());
            require(kind >= values.size() && kind < ValueKind.COUNT, "it has values of kind %d", kind);
            while (values.size() < kind) {
                values.add(List.of());
            }
            values.add(readSites(Integer.toUnsignedLong(in.getInt()), begin));
        }
        require(in.position() - begin == size, "its values have %d bytes and say %d", in.position() - begin, size);
        return values;
    }

    private List<List<ProfiledValue>> readSites(long sites, int begin) throws MalformedIndexedException {
        ByteBuffer sizes = take(sites, 1, "value sites");
        take(-(in.position() - begin) & (Long.BYTES - 1), 1, "value sites");
        List<List<ProfiledValue>> all = new ArrayList<>();
        while (sizes.hasRemaining()) {
            int size = sizes.get() & MAX_VALUES;
            ByteBuffer pairs = take(2L * size, Long.BYTES, "values");
            List<ProfiledValue> site = new ArrayList<>(size);
            while (pairs.hasRemaining()) {
                site.add(new ProfiledValue(pairs.getLong(), pairs.getLong()));
            }
            all.add(site);
        }
        return all;
    }

    private List<IndexedContent.Trace> readTraces() throws MalformedIndexedException {
        if (!layout.hasTraces() || !Variant.hasTimes(version)) {
            return IndexedContent.NO_TRACES;
        }
        long at = in.getLong(TRACES_OFFSET);
        require(at >= layout.headerSize() && at <= in.limit(), "its traces are at %s", Long.toUnsignedString(at));
        in.position((int) at);
        long count = number("number of traces");
        number("number of traces");
        List<IndexedContent.Trace> traces = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            long weight = number("trace");
            ByteBuffer names = take(number("trace"), Long.BYTES, "trace");
            List<Long> trace = new ArrayList<>();
            while (names.hasRemaining()) {
                trace.add(names.getLong());
            }
            traces.add(new IndexedContent.Trace(weight, trace));
        }
        return traces;
    }

    private long number(String what) throws MalformedIndexedException {
        require(in.remaining() >= Long.BYTES, "it ends at offset %d, in the middle of a %s", in.limit(), what);
        return in.getLong();
    }

    /** A part of some units; how many, the file says: unsigned. */
    private ByteBuffer take(long count, int unit, String what) throws MalformedIndexedException {
        require(
                count >= 0 && count <= in.remaining() / unit,
                "%s of %s units of %d bytes at offset %d, where %d bytes are left",
                what,
                Long.toUnsignedString(count),
                unit,
                in.position(),
                in.remaining());
        int size = (int) count * unit;
        ByteBuffer part = in.slice(in.position(), size).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + size);
        return part;
    }
}
