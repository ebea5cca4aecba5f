package org.pgofs.fleet.core;

import java.nio.ByteBuffer;
import org.pgofs.counters.counts.CounterSum;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.Saturated;
import org.pgofs.counters.format.Variant;
import org.pgofs.profraw.ParsedFunction;
import org.pgofs.profraw.ParsedProfile;

/** The counts of an image in one raw profile that was read and is sound. Not to be kept longer than the bytes of it. */
public final class Piece {
    private final ImageStructure structure;
    private final ByteBuffer counters;
    private final ByteBuffer bitmaps;
    private final ValueCounts values;
    private final boolean marks;
    private final int timeSize;
    private Tally tally;

    /** Of all counters. */
    private record Tally(long total, long tooLarge) {}

    Piece(ImageStructure structure, ParsedProfile profile) {
        this.structure = structure;
        counters = profile.counters();
        bitmaps = profile.bitmaps();
        values = profile.values();
        marks = Variant.counterSize(structure.rawVersion()) == Byte.BYTES;
        timeSize = Variant.hasTimes(structure.rawVersion()) ? Long.BYTES : 0;
    }

    /**
     * The raw version.
     *
     * @return with its variant bits
     */
    public long rawVersion() {
        return structure.rawVersion();
    }

    ImageStructure structure() {
        return structure;
    }

    ValueCounts values() {
        return values;
    }

    /** The time of a function's first call, 0 for never. */
    long time(ParsedFunction function) {
        if (timeSize == 0) {
            return 0;
        }
        long time = counters.getLong(function.countersOffset());
        return time == -1 ? 0 : time; // the bytes of code that did not run
    }

    /**
     * A counter of a function, or 1 or 0 where counters are marks.
     *
     * @param first where its counters begin, see {@link #firstCounter}
     * @return 0 to {@link CounterSum#LARGEST}; 0 for one that is larger, with which llvm-profdata rejects a profile
     */
    long counter(int first, int number) {
        if (marks) {
            return counters.get(first + number) == 0 ? 1 : 0;
        }
        long count = counters.getLong(first + number * Long.BYTES);
        return Long.compareUnsigned(count, CounterSum.LARGEST) > 0 ? 0 : count;
    }

    /** Where the counters behind the time begin. */
    int firstCounter(ParsedFunction function) {
        return function.countersOffset() + timeSize;
    }

    boolean isMarks() {
        return marks;
    }

    byte bits(ParsedFunction function, int number) {
        return bitmaps.get(function.bitmapOffset() + number);
    }

    /**
     * How many counters are larger than llvm-profdata takes. They count as 0.
     *
     * @return 0 or more
     */
    public long tooLarge() {
        return tally().tooLarge;
    }

    /**
     * The sum of all counters, or how many are set where counters are marks.
     *
     * @return 0 to 2^63-1; saturates
     */
    public long total() {
        return tally().total;
    }

    /** In one pass over the counters, most of which are 0. */
    private Tally tally() {
        if (tally == null) {
            long total = 0;
            long tooLarge = 0;
            for (int number = 0; number < structure.functions(); number++) {
                int first = firstCounter(structure.function(number));
                for (int i = structure.key(number).counters() - 1; i >= 0; i--) {
                    long count = counter(first, i);
                    if (count != 0) {
                        total = Saturated.sum(total, count);
                    } else if (!marks && counters.getLong(first + i * Long.BYTES) != 0) {
                        tooLarge++;
                    }
                }
            }
            tally = new Tally(total, tooLarge);
        }
        return tally;
    }
}
