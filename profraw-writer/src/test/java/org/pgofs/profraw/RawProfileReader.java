package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads raw profiles of versions 8 and 10 of 64-bit targets. It shares nothing with the writer: offsets and orders are
 * its own.
 */
final class RawProfileReader {
    private static final long MAGIC = 0xff6c_7072_6f66_7281L;
    private static final int OLD_RECORD = 48;
    private static final int NEW_RECORD = 64;

    private final ByteBuffer in;

    private RawProfileReader(ByteBuffer bytes) {
        in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads the profiles that follow one another in a file.
     *
     * @param bytes the remaining bytes are the file
     * @return the profiles in their order
     * @throws IllegalArgumentException if the file is not a sequence of whole profiles
     */
    static List<ParsedProfile> readAll(ByteBuffer bytes) {
        RawProfileReader reader = new RawProfileReader(bytes);
        List<ParsedProfile> profiles = new ArrayList<>();
        reader.skipZeros();
        while (reader.in.hasRemaining()) {
            profiles.add(reader.read());
            reader.skipZeros();
        }
        return profiles;
    }

    private void skipZeros() {
        while (in.hasRemaining() && in.get(in.position()) == 0) {
            in.get();
        }
    }

    private ParsedProfile read() {
        int begin = in.position();
        require(begin % 8 == 0, "a profile starts at offset " + begin);
        require(in.getLong() == MAGIC, "no magic at offset " + begin);
        long version = in.getLong();
        int number = (int) version;
        require(number == 8 || number == 10, "version " + number);
        boolean isNew = number == 10;
        int binaryIdsSize = size();
        int records = size();
        require(in.getLong() == 0, "padding before the counters");
        int counters = size();
        int padAfterCounters = size();
        int bitmapsSize = isNew ? size() : 0;
        int padAfterBitmaps = isNew ? size() : 0;
        int namesSize = size();
        long countersDelta = in.getLong();
        long bitmapsDelta = isNew ? in.getLong() : 0;
        in.getLong(); // names delta
        int vtables = isNew ? size() : 0;
        int vtableNamesSize = isNew ? size() : 0;
        require(in.getLong() == (isNew ? 2 : 1), "last value kind");

        ByteBuffer binaryIds = take(binaryIdsSize);
        int recordsBegin = in.position() - begin;
        List<ParsedFunction> functions = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            int stride = i * (isNew ? NEW_RECORD : OLD_RECORD);
            functions.add(
                    isNew
                            ? newRecord(countersDelta - stride, bitmapsDelta - stride)
                            : oldRecord(countersDelta - stride));
        }
        int countersBegin = in.position() - begin;
        ByteBuffer counterBytes = take(Math.multiplyExact(counters, (version >>> 60 & 1) != 0 ? 1 : 8));
        zeros(padAfterCounters);
        ByteBuffer bitmaps = take(bitmapsSize);
        zeros(padAfterBitmaps);
        ByteBuffer names = takePadded(namesSize);
        ByteBuffer vtableBytes = takePadded(Math.multiplyExact(vtables, 24));
        ByteBuffer vtableNames = takePadded(vtableNamesSize);
        int valuesBegin = in.position() - begin;
        for (ParsedFunction function : functions) {
            valueEntry(function);
        }
        return new ParsedProfile(
                version,
                functions,
                counterBytes,
                bitmaps,
                names,
                binaryIds,
                vtableBytes,
                vtableNames,
                begin,
                recordsBegin,
                countersBegin,
                valuesBegin,
                in.position() - begin);
    }

    private ParsedFunction oldRecord(long countersDelta) {
        long nameRef = in.getLong();
        long funcHash = in.getLong();
        long countersOffset = in.getLong() - countersDelta;
        long address = in.getLong();
        in.getLong(); // values
        int counters = in.getInt();
        return new ParsedFunction(nameRef, funcHash, countersOffset, counters, 0, 0, address, List.of(u16(), u16(), 0));
    }

    private ParsedFunction newRecord(long countersDelta, long bitmapsDelta) {
        long nameRef = in.getLong();
        long funcHash = in.getLong();
        long countersOffset = in.getLong() - countersDelta;
        long bitmapOffset = in.getLong() - bitmapsDelta;
        long address = in.getLong();
        in.getLong(); // values
        int counters = in.getInt();
        List<Integer> sites = List.of(u16(), u16(), u16());
        require(u16() == 0, "padding of a record");
        int bitmapSize = in.getInt();
        return new ParsedFunction(
                nameRef,
                funcHash,
                countersOffset,
                counters,
                bitmapSize == 0 ? 0 : bitmapOffset,
                bitmapSize,
                address,
                sites);
    }

    /** Walks over the value data of a function. */
    private void valueEntry(ParsedFunction function) {
        long kinds = function.sites().stream().filter(sites -> sites > 0).count();
        if (kinds == 0) {
            return;
        }
        int begin = in.position();
        int total = in.getInt();
        require(in.getInt() == kinds, "number of value kinds at offset " + begin);
        for (int kind = 0; kind < function.sites().size(); kind++) {
            int sites = function.sites().get(kind);
            if (sites > 0) {
                require(in.getInt() == kind, "value kind at offset " + begin);
                require(in.getInt() == sites, "number of value sites at offset " + begin);
                int values = 0;
                for (int site = 0; site < sites; site++) {
                    values += Byte.toUnsignedInt(in.get());
                }
                zeros(-sites & 7);
                take(values * 16);
            }
        }
        require(in.position() - begin == total, "size of the value data at offset " + begin);
    }

    private int size() {
        return Math.toIntExact(in.getLong());
    }

    private int u16() {
        return Short.toUnsignedInt(in.getShort());
    }

    private ByteBuffer take(int size) {
        ByteBuffer part = in.slice(in.position(), size).asReadOnlyBuffer();
        in.position(in.position() + size);
        return part;
    }

    private ByteBuffer takePadded(int size) {
        ByteBuffer part = take(size);
        zeros(-size & 7);
        return part;
    }

    private void zeros(int size) {
        for (int i = 0; i < size; i++) {
            require(in.get() == 0, "padding before offset " + in.position());
        }
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalArgumentException("bad raw profile: " + what);
        }
    }

    /** A function record; offsets in bytes from the start of the counters and of the bitmaps. */
    record ParsedFunction(
            long nameRef,
            long funcHash,
            long countersOffset,
            int counters,
            long bitmapOffset,
            int bitmapSize,
            long address,
            List<Integer> sites) {}

    /** A profile. Offsets from its begin, in bytes; {@code begin} itself from the start of the file. */
    record ParsedProfile(
            long version,
            List<ParsedFunction> functions,
            ByteBuffer counters,
            ByteBuffer bitmaps,
            ByteBuffer names,
            ByteBuffer binaryIds,
            ByteBuffer vtables,
            ByteBuffer vtableNames,
            int begin,
            int recordsBegin,
            int countersBegin,
            int valuesBegin,
            int size) {

        /** The image and counts that the profile is of. */
        TestImage toImage() {
            return new TestImage(
                    "parsed",
                    version,
                    functions.stream()
                            .map(f -> new TestImage.Function(
                                    f.nameRef,
                                    f.funcHash,
                                    Math.toIntExact(f.countersOffset),
                                    f.counters,
                                    Math.toIntExact(f.bitmapOffset),
                                    f.bitmapSize,
                                    f.address,
                                    f.sites))
                            .toList(),
                    counters,
                    bitmaps,
                    names,
                    binaryIds,
                    vtables,
                    vtableNames);
        }
    }
}
