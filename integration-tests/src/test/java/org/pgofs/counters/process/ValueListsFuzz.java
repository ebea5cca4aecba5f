package org.pgofs.counters.process;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.pgofs.counters.counts.ValueList;
import org.pgofs.counters.image.CanonicalValues;
import org.pgofs.counters.image.LoadedImage;

/** The lists of values in the memory of a process: whatever it writes there, reading ends, and what is read is canonical. */
public final class ValueListsFuzz {
    /** Where the input lies in the memory; before and behind it there is nothing. */
    private static final long BEGIN = 0x1000;

    private static final int PAGE = 4096;
    private static final int PAGES = 2;
    private static final long FUNCTION = 0x40_0000;
    private static final int ROOM = 300;
    private static final int LAST_BUCKET = 513;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
    private static final LoadedImage IMAGE = new LoadedImage(
            new LoadedImage.Parts(8, NOTHING, 16, 0, NOTHING, NOTHING, NOTHING),
            List.of(
                    new LoadedImage.Function(1, 1, 0, 1, 0, 0, FUNCTION, 0, List.of(1, 1, 0)),
                    new LoadedImage.Function(2, 2, 8, 1, 0, 0, FUNCTION + 16, 0, List.of(0, 1, 1))));

    private ValueListsFuzz() {}

    /**
     * Tries one.
     *
     * @param input the sites of both functions, 32 bytes, and the nodes of their lists
     */
    public static void fuzzerTestOneInput(byte[] input) {
        byte[] memory = Arrays.copyOf(input, PAGES * PAGE);
        ValueLists lists = new ValueLists((address, target) -> read(memory, address, target), ROOM);
        ValueList values = lists.read(IMAGE, new long[] {BEGIN, BEGIN + 16});
        if (values.size() > ROOM || (lists.isFull() && values.size() < ROOM)) {
            throw new AssertionError(values.size() + " values");
        }
        values.addTo(ValueListsFuzz::check);
    }

    private static void read(byte[] memory, long address, ByteBuffer target) throws IOException {
        long at = address - BEGIN;
        if (at < 0 || at > memory.length - target.remaining()) {
            throw new EOFException();
        }
        target.put(memory, (int) at, target.remaining());
    }

    private static void check(int site, long value, long count) {
        boolean isSize = site == 1 || site == 2;
        boolean isKnown = isSize
                ? value >= 0 && value <= LAST_BUCKET
                : site >= 0
                        && site < IMAGE.siteCount()
                        && (value == IMAGE.canonical(0, FUNCTION)
                                || value == IMAGE.canonical(0, FUNCTION + 16)
                                || (value & -PAGE) == CanonicalValues.EXTERNAL);
        if (!isKnown || count <= 0) {
            throw new AssertionError("site " + site + ": " + value + ", " + count + " times");
        }
    }
}
