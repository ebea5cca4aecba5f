package org.pgofs.profraw;

import static org.pgofs.profraw.MalformedProfileException.require;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.Variant;

/**
 * Reads raw profiles of little-endian targets with 64-bit addresses, in every version that {@link RawLayouts} knows. The
 * bytes may be anything: every size, offset and number is checked before it is used, and what is kept is in proportion
 * to the bytes that are there and not to what they claim.
 */
public final class RawProfileReader {
    private static final int ALIGNMENT = 8;
    /** The header's first fields, magic and version, tell what the others are. */
    private static final int READ_BEFORE = 2;

    private final RawInput in;
    private final KnownRecords known;

    private RawProfileReader(ByteBuffer bytes, KnownRecords known) {
        in = new RawInput(bytes);
        this.known = known;
    }

    /**
     * Whether bytes begin as a raw profile that can be read does.
     *
     * @param bytes the remaining ones are looked at
     * @return whether they have its magic number
     */
    public static boolean isRaw(ByteBuffer bytes) {
        return bytes.remaining() >= HeaderField.SIZE
                && bytes.slice().order(ByteOrder.LITTLE_ENDIAN).getLong(0) == RawProfile.MAGIC;
    }

    /**
     * Reads the profiles that follow one another in a file; zeros between them are skipped.
     *
     * @param bytes the remaining bytes are the file; they are kept, and not to be changed
     * @return the profiles in their order, none in an empty file
     * @throws MalformedProfileException if the file is not a sequence of whole profiles
     */
    public static List<ParsedProfile> readAll(ByteBuffer bytes) throws MalformedProfileException {
        return readAll(bytes, new KnownRecords());
    }

    /**
     * The same for one of many files.
     *
     * @param bytes the remaining bytes are the file; they are kept, and not to be changed
     * @param known the records of the profile that was read before
     * @return the profiles; the functions are the same list as those of the profile before, if their records are the same
     * @throws MalformedProfileException if the file is not a sequence of whole profiles
     */
    public static List<ParsedProfile> readAll(ByteBuffer bytes, KnownRecords known) throws MalformedProfileException {
        RawProfileReader reader = new RawProfileReader(bytes, known);
        List<ParsedProfile> profiles = new ArrayList<>();
        reader.in.skipZeros();
        while (reader.in.remaining() > 0) {
            profiles.add(reader.read());
            reader.in.skipZeros();
        }
        return profiles;
    }

    /**
     * Whether a file that begins with some bytes may be a raw profile.
     *
     * @param word its first 8 bytes, little-endian
     * @return whether that is the magic number
     */
    public static boolean isMagic(long word) {
        return word == RawProfile.MAGIC;
    }

    private ParsedProfile read() throws MalformedProfileException {
        int begin = in.position();
        require(begin % ALIGNMENT == 0, "it begins at offset %d, which is no multiple of %d", begin, ALIGNMENT);
        long magic = in.number(HeaderField.SIZE, "magic");
        require(
                magic == RawProfile.MAGIC,
                "%#x at offset %d is not the magic number of little-endian targets with 64-bit addresses",
                magic,
                begin);
        long rawVersion = in.number(HeaderField.SIZE, "version");
        RawLayout layout = layout(rawVersion);
        Map<HeaderField, Long> header = header(layout);
        int counterSize = Variant.counterSize(rawVersion);

        ByteBuffer binaryIds = in.take(header.get(HeaderField.BINARY_IDS_SIZE), 1, "bytes of binary ids");
        checkBinaryIds(new RawInput(binaryIds));
        ByteBuffer records = in.take(header.get(HeaderField.RECORDS), layout.recordSize(), "records");
        in.padding(header.get(HeaderField.PAD_BEFORE_COUNTERS), "before the counters");
        int countersBegin = in.position() - begin;
        ByteBuffer counters = in.take(header.get(HeaderField.COUNTERS), counterSize, "counters");
        in.padding(header.get(HeaderField.PAD_AFTER_COUNTERS), "behind the counters");
        ByteBuffer bitmaps = in.take(header.get(HeaderField.BITMAPS_SIZE), 1, "bytes of bitmaps");
        in.padding(header.get(HeaderField.PAD_AFTER_BITMAPS), "behind the bitmaps");
        in.take(header.get(HeaderField.UNIFORM_COUNTERS), Long.BYTES, "uniform counters");
        in.padding(header.get(HeaderField.PAD_AFTER_UNIFORM_COUNTERS), "behind the uniform counters");
        ByteBuffer names = in.takePadded(header.get(HeaderField.NAMES_SIZE), 1, "bytes of names");
        ByteBuffer vtables = in.takePadded(header.get(HeaderField.VTABLES), RawSections.VTABLE_SIZE, "vtables");
        ByteBuffer vtableNames = in.takePadded(header.get(HeaderField.VTABLE_NAMES_SIZE), 1, "bytes of vtable names");
        List<ParsedFunction> functions = known.read(
                new RecordReader(layout, header, counterSize, counters.remaining(), bitmaps.remaining()),
                records,
                in.remaining());
        int valuesBegin = in.position() - begin;
        ValueCounts values = new ValueDataReader(in).read(functions);
        return new ParsedProfile(
                rawVersion,
                functions,
                counters,
                bitmaps,
                names,
                binaryIds,
                vtables,
                vtableNames,
                values,
                begin,
                countersBegin,
                valuesBegin,
                in.position() - begin);
    }

    private static RawLayout layout(long rawVersion) throws MalformedProfileException {
        int number = Variant.version(rawVersion);
        require(
                RawLayouts.supported().contains(number),
                "version %s is none of %s",
                Integer.toUnsignedString(number),
                RawLayouts.supported());
        RawLayout layout = RawLayouts.of(number);
        require(layout.knows(rawVersion), "version %d has no variant %#x", number, Variant.bits(rawVersion));
        return layout;
    }

    /** The fields that the version has; the others are 0. */
    private Map<HeaderField, Long> header(RawLayout layout) throws MalformedProfileException {
        Map<HeaderField, Long> header = new EnumMap<>(HeaderField.class);
        for (HeaderField field : HeaderField.values()) {
            header.put(field, 0L);
        }
        for (HeaderField field :
                layout.header().subList(READ_BEFORE, layout.header().size())) {
            header.put(field, in.number(HeaderField.SIZE, "header"));
        }
        require(
                header.get(HeaderField.VALUE_KIND_LAST) == layout.valueKinds() - 1,
                "%d is not the last value kind of version %d",
                header.get(HeaderField.VALUE_KIND_LAST),
                layout.version());
        return header;
    }

    private static void checkBinaryIds(RawInput ids) throws MalformedProfileException {
        while (ids.remaining() > 0) {
            ids.takePadded(ids.number(Long.BYTES, "size of a binary id"), 1, "bytes of a binary id");
        }
    }
}
