package org.pgofs.counters.counts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Collection;
import java.util.function.BooleanSupplier;
import org.pgofs.counters.image.StoredImage;

/** Adds the counts of members to sums. Not thread-safe: it has buffers. */
public final class MemberReader {
    private static final byte[] ZEROS = new byte[CounterReader.PIECE];

    private final CounterReader own = new CounterReader();
    private final Helpers helpers;
    private final ValueReader values = new ValueReader();
    private final MarkReader marks = new MarkReader();

    public MemberReader() {
        this(new Helpers());
    }

    MemberReader(Helpers helpers) {
        this.helpers = helpers;
    }

    /** Adds the marks of a member. */
    public void addMarks(Member member, StoredImage image, Marks counts) throws IOException {
        marks.add(member, image, counts);
    }

    /** Clears marks in a member. */
    public void clearMarks(Member member, StoredImage image, Marks taken) throws IOException {
        marks.clear(member, image, taken);
    }

    /** Adds the values of a member. */
    public void addValues(Member member, StoredImage image, ValueSink counts) throws IOException {
        values.add(member, image.values(), counts);
        member.addSampledValues(counts);
    }

    /**
     * Writes the served counters, the sum of members and a carry. All steps are done for one piece at a time, so that it
     * stays in the processor's cache.
     *
     * @param begin offset in bytes of the first counter in the counters section
     * @param carry of all counters
     * @param section all counters, little-endian, from position 0. If it is not on the heap, it starts as far behind the
     *     start of a page as {@code begin}.
     * @param stopped whether the rest is not needed any more
     */
    void freeze(Collection<Member> members, int begin, CounterSum carry, ByteBuffer section, BooleanSupplier stopped)
            throws IOException {
        if (members.size() == 1 && carry.isNothing() && section.isDirect()) {
            copy(members.iterator().next(), begin, section, stopped);
            return;
        }
        LongBuffer served = section.slice().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        CounterAdder.Target target = (at, sums, count) -> {
            carry.addToAndClamp(sums, count, at);
            served.put(at, sums, 0, count);
        };
        new CounterAdder(members, begin, served.limit(), target, stopped).run(own, helpers);
    }

    /** The usual case, in which there are no sums to calculate. */
    private void copy(Member member, int begin, ByteBuffer section, BooleanSupplier stopped) throws IOException {
        for (int at = 0; at < section.limit() && !stopped.getAsBoolean(); at += CounterReader.PIECE) {
            ByteBuffer target = section.slice(at, Math.min(CounterReader.PIECE, section.limit() - at));
            if (member.nextData(member.counters(), begin + at) >= begin + at + target.limit()) {
                target.put(ZEROS, 0, target.limit());
            } else {
                member.read(member.counters(), begin + at, target);
                clamp(target.rewind().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer());
            }
        }
    }

    private void clamp(LongBuffer counters) {
        long[] piece = own.sums();
        counters.get(0, piece, 0, counters.limit());
        if (CounterSum.clampUnsigned(piece, counters.limit())) {
            counters.put(0, piece, 0, counters.limit());
        }
    }

    /**
     * Adds up the counters that an image serves.
     *
     * @param begin offset in bytes of the first counter in the counters section
     * @param sum all 0; its length is the number of counters. Missing counters of a truncated member count as 0.
     */
    void sum(Collection<Member> members, int begin, CounterSum sum) throws IOException {
        if (members.isEmpty()) {
            return; // it is known to be 0 as before
        }
        new CounterAdder(members, begin, sum.values().length, sum::set, () -> false).run(own, helpers);
    }

    /** Adds those of one member, in the same way. */
    public void addCounters(Member member, int begin, CounterSum sum) throws IOException {
        for (int at = 0; at < sum.values().length; at += CounterReader.COUNTERS) {
            int count = Math.min(CounterReader.COUNTERS, sum.values().length - at);
            sum.get(at, own.sums(), count);
            own.add(member, begin + (long) at * Long.BYTES, count);
            sum.set(at, own.sums(), count);
        }
    }
}
