package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The counters of one image: those of its live members, and a carry for everything else. What is served is
 * {@code sum over live members + carry}. A member that ended is added to the carry; a reset makes the carry
 * minus the sum of the live ones, so that it never writes into a target. Guarded by the store's lock.
 */
final class ImageCounters {
    private final StoredImage image;
    private final Set<ImageReference> references = new LinkedHashSet<>();
    private final Map<String, Member> live = new LinkedHashMap<>();
    private Counts carry;
    private long ended;
    private long resets;

    ImageCounters(StoredImage image) {
        this(image, new Counts(new CounterSum(image.countersSize() / Long.BYTES), new ValueCounts()), 0);
    }

    ImageCounters(StoredImage image, Counts carry, long ended) {
        this.image = image;
        this.carry = carry;
        this.ended = ended;
    }

    StoredImage image() {
        return image;
    }

    /** By which names segments may ask for this image. */
    Set<ImageReference> references() {
        return references;
    }

    Collection<Member> live() {
        return live.values();
    }

    /** The number of processes whose counters are in the carry. */
    long ended() {
        return ended;
    }

    Counts carry() {
        return carry;
    }

    /** How often the counters were reset or taken. */
    long resets() {
        return resets;
    }

    /** The part of the state that a reset replaces. */
    record Baseline(Counts carry, long ended, long resets) {}

    Baseline baseline() {
        return new Baseline(carry, ended, resets);
    }

    void setBaseline(Baseline baseline) {
        carry = baseline.carry;
        ended = baseline.ended;
        resets = baseline.resets;
    }

    void join(Member member) {
        live.put(member.name(), member);
    }

    /**
     * Moves the counts of a member that ended into the carry.
     *
     * @return whether all of them could be read
     */
    boolean fold(Member member, SegmentReader reader) throws IOException {
        Counts counts = none();
        boolean complete = reader.add(member, image, counts);
        carry.add(counts);
        live.remove(member.name());
        ended++;
        return complete;
    }

    private Counts none() {
        return new Counts(new CounterSum(image.countersSize() / Long.BYTES), new ValueCounts());
    }

    /** The sum over the counters of the live members. */
    CounterSum sumOfLive(SegmentReader reader) throws IOException {
        CounterSum sum = new CounterSum(image.countersSize() / Long.BYTES);
        for (Member member : live.values()) {
            reader.addCounters(member, image.countersBegin(), sum);
        }
        return sum;
    }

    /** What is served, before it is clamped. */
    Counts sum(SegmentReader reader) throws IOException {
        Counts sum = none();
        for (Member member : live.values()) {
            reader.add(member, image, sum);
        }
        sum.add(carry);
        return sum;
    }

    Snapshot freeze(SegmentReader reader) throws IOException {
        ValueCounts values = new ValueCounts();
        for (Member member : live.values()) {
            reader.addValues(member, image, values);
        }
        values.add(carry.values());
        return snapshot(reader, values);
    }

    /** Without values, which is faster. */
    Snapshot freezeCounters(SegmentReader reader) throws IOException {
        return snapshot(reader, new ValueCounts());
    }

    private Snapshot snapshot(SegmentReader reader, ValueCounts values) throws IOException {
        ByteBuffer counters = reader.freeze(live.values(), image.countersBegin(), carry.counters());
        return new Snapshot(image, counters, ByteBuffer.allocate(0), values, Instant.now());
    }
}
