package org.pgofs.counters.counts;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.image.LinkTimes;

/**
 * A member of which a copy counts: one whose memory is read now and then, or whose profile was read from a file. It is
 * told nothing, and never written to. Guarded by the store's lock.
 */
public final class SampledMember implements CopiedMember {
    /**
     * What each of its values is charged for: its copy, and what a reset makes of it. Unlike that of a member which is told
     * of resets, the value stays, and is subtracted.
     */
    public static final long VALUE_BYTES = ValueList.BYTES + ValueCounts.CHARGED_BYTES;

    private static final Area NONE = new Area(0, 0);
    /** Before that of the counters: areas are told apart by where they are. */
    private static final long BITMAPS = 1L << 40;

    private final String name;
    private final int owner;
    private final OptionalInt pid;
    private Sample sample;
    private int[] leftOut = {};

    /**
     * What a member had counted at one moment. Not to be changed.
     *
     * @param counters the counters section, from its first byte on, whatever its buffer's position is
     * @param bitmaps the bitmaps section, in the same way
     * @param values what it observed, as canonical values
     */
    public record Sample(ByteBuffer counters, ByteBuffer bitmaps, ValueList values) {
        private static final int WORD = Long.BYTES;

        /**
         * Whether who had counted this began anew before he had counted another one: a program may set its counters to
         * 0. They may go back a little by themselves, when threads store sums that they began to make before other
         * threads did.
         */
        public boolean hasRestartedIn(Sample later) {
            int lower = 0;
            int counted = 0;
            ByteBuffer before = counters.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer after = later.counters.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            for (int at = 0; at + WORD <= before.limit(); at += WORD) {
                long old = before.getLong(at);
                counted += old != 0 ? 1 : 0;
                lower += Long.compareUnsigned(after.getLong(at), old) < 0 ? 1 : 0;
            }
            return lower > counted / 2;
        }

        /** Whether something was counted. */
        public boolean isZero() {
            ByteBuffer numbers = counters.duplicate();
            for (int at = 0; at < numbers.limit(); at++) {
                if (numbers.get(at) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * A member with its first sample.
     *
     * @param name a word without white space, of no other member
     * @param owner the user whose it is
     * @param pid the process, if there is one to show
     */
    public SampledMember(String name, int owner, OptionalInt pid, Sample sample) {
        this.name = name;
        this.owner = owner;
        this.pid = pid;
        this.sample = sample;
    }

    public Sample sample() {
        return sample;
    }

    /** Replaces the sample by a later one. */
    public void setSample(Sample later) {
        sample = later;
    }

    /** Notes that what it observed until now is subtracted from what is served. */
    public void noteLeftOut() {
        leftOut = IntStream.concat(Arrays.stream(leftOut), Arrays.stream(sample.values.sites()))
                .sorted()
                .distinct()
                .toArray();
    }

    /** The value sites at which what is served of it may be approximate. */
    int[] approximateSites() {
        return ApproximateSites.of(sample.values, leftOut);
    }

    @Override
    public boolean isSample() {
        return true;
    }

    @Override
    public void addSampledValues(ValueSink counts) {
        sample.values.addTo(counts);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int owner() {
        return owner;
    }

    @Override
    public OptionalInt pid() {
        return pid;
    }

    @Override
    public Area counters() {
        return new Area(0, sample.counters.limit());
    }

    @Override
    public Area bitmaps() {
        return sample.bitmaps.limit() == 0 ? NONE : new Area(BITMAPS, sample.bitmaps.limit());
    }

    @Override
    public Area valueSites() {
        return NONE;
    }

    @Override
    public LinkTimes linkTimes() {
        return new LinkTimes(0);
    }

    @Override
    public int read(Area area, long offset, ByteBuffer target) {
        ByteBuffer source = area.offset() == BITMAPS ? sample.bitmaps : sample.counters;
        int count = (int) Math.max(0, Math.min(target.remaining(), source.limit() - offset));
        target.put(source.slice((int) Math.min(offset, source.limit()), count));
        while (target.hasRemaining()) {
            target.put((byte) 0);
        }
        return count;
    }
}
