package org.pgofs.counters.counts;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;

/**
 * The counts of an image that cannot be added up: which byte counters and which bits of bitmaps were set, and the times
 * of functions' first calls. Merging keeps a mark that any process has set, and the smallest time. Merging twice
 * changes nothing.
 */
public final class Marks {
    /** The value of a byte counter whose code did not run; 0 if the code ran. */
    static final byte UNCOVERED = (byte) 0xff;

    private static final Marks NONE = new Marks(new byte[0], new byte[0], new long[0]);

    /** Byte counters, inverted: 1 bits where code ran. 0 in the places of times. */
    private final byte[] covered;

    private final byte[] bitmaps;

    /** By function: the ordinal of its first call, 0 for never. */
    private final long[] times;

    private Marks(byte[] covered, byte[] bitmaps, long[] times) {
        this.covered = covered;
        this.bitmaps = bitmaps;
        this.times = times;
    }

    /** An image without marks. */
    public static Marks none(Image image) {
        boolean bytes = Variant.counterSize(image.rawVersion()) == Byte.BYTES;
        boolean times = Variant.hasTimes(image.rawVersion());
        return bytes || times || image.bitmapsSize() > 0
                ? new Marks(
                        new byte[bytes ? image.countersSize() : 0],
                        new byte[image.bitmapsSize()],
                        new long[times ? image.functions() : 0])
                : NONE;
    }

    /** All marks that an image can have. */
    public static Marks all(Image image) {
        Marks all = none(image);
        Arrays.fill(all.covered, (byte) -1);
        Arrays.fill(all.bitmaps, (byte) -1);
        Arrays.fill(all.times, 1);
        return all;
    }

    /** Whether the image has counters that are marks. */
    boolean hasCounters() {
        return covered.length > 0 || times.length > 0;
    }

    boolean hasBitmaps() {
        return bitmaps.length > 0;
    }

    /** Whether the image has any marks. */
    public boolean exist() {
        return hasCounters() || hasBitmaps();
    }

    /** Their size in a file, in bytes. */
    public int size() {
        return covered.length + bitmaps.length + times.length * Long.BYTES;
    }

    public void put(ByteBuffer file) {
        file.put(covered).put(bitmaps);
        for (long time : times) {
            file.putLong(time);
        }
    }

    /** Reads the marks that {@link #put} wrote for the same image. */
    public void get(ByteBuffer file) {
        file.get(covered).get(bitmaps);
        for (int function = 0; function < times.length; function++) {
            times[function] = file.getLong();
        }
    }

    boolean isNone() {
        return isZero(covered) && isZero(bitmaps) && Arrays.stream(times).allMatch(time -> time == 0);
    }

    private static boolean isZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    Marks copy() {
        return exist() ? new Marks(covered.clone(), bitmaps.clone(), times.clone()) : this;
    }

    void add(Marks other) {
        or(covered, other.covered);
        or(bitmaps, other.bitmaps);
        for (int function = 0; function < times.length; function++) {
            addTime(function, other.times[function]);
        }
    }

    private static void or(byte[] to, byte[] from) {
        for (int i = 0; i < to.length; i++) {
            to[i] |= from[i];
        }
    }

    private void addTime(int function, long time) {
        if (isSet(time) && (times[function] == 0 || Long.compareUnsigned(time, times[function]) < 0)) {
            times[function] = time;
        }
    }

    /**
     * Whether a process has set a time. An unset time is 0, or has the initial value of the byte counters around it.
     */
    private static boolean isSet(long time) {
        return time != 0 && time != -1;
    }

    /** The value of a time that no process has set. */
    long neverTime() {
        return covered.length > 0 ? -1 : 0;
    }

    private static long time(Image image, byte[] counters, int function) {
        return ByteBuffer.wrap(counters).order(ByteOrder.LITTLE_ENDIAN).getLong(image.countersOffset(function));
    }

    /** Merges the times in the counters of a process. */
    void addTimes(Image image, byte[] counters) {
        for (int function = 0; function < times.length; function++) {
            addTime(function, time(image, counters, function));
        }
    }

    /** The functions that have a time both in these marks and in the counters of a process. */
    int[] setTimes(Image image, byte[] counters) {
        return IntStream.range(0, times.length)
                .filter(function -> times[function] != 0 && isSet(time(image, counters, function)))
                .toArray();
    }

    /** Merges the byte counters of a process. */
    void addCovered(Image image, byte[] counters) {
        for (int i = 0; i < covered.length; i++) {
            covered[i] |= (byte) ~counters[i];
        }
        if (covered.length > 0) {
            for (int function = 0; function < times.length; function++) {
                int at = image.countersOffset(function);
                Arrays.fill(covered, at, at + Long.BYTES, (byte) 0);
            }
        }
    }

    /** The byte counters of a process without these marks; other counters unchanged. */
    byte[] uncovered(byte[] counters) {
        byte[] without = counters.clone();
        for (int i = 0; i < covered.length; i++) {
            without[i] |= covered[i];
        }
        return without;
    }

    /** Merges the bitmaps of a process. */
    void addBitmaps(byte[] bits) {
        or(bitmaps, bits);
    }

    /** The bitmaps of a process without these marks. */
    byte[] withoutBitmaps(byte[] bits) {
        byte[] without = bits.clone();
        for (int i = 0; i < without.length; i++) {
            without[i] &= (byte) ~bitmaps[i];
        }
        return without;
    }

    /** The bitmaps section as it is served. */
    ByteBuffer bitmapsSection() {
        return ByteBuffer.wrap(bitmaps).asReadOnlyBuffer();
    }

    /**
     * The counters section as it is served.
     *
     * @param image whose marks these are
     * @param sums the section without marks
     */
    ByteBuffer countersSection(Image image, ByteBuffer sums) {
        if (!hasCounters()) {
            return sums;
        }
        ByteBuffer section = ByteBuffer.allocate(image.countersSize()).order(ByteOrder.LITTLE_ENDIAN);
        if (covered.length == 0) {
            section.put(0, sums, 0, section.limit());
        }
        for (int i = 0; i < covered.length; i++) {
            section.put(i, (byte) ~covered[i]);
        }
        for (int function = 0; function < times.length; function++) {
            section.putLong(image.countersOffset(function), times[function] == 0 ? neverTime() : times[function]);
        }
        return section.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
}
