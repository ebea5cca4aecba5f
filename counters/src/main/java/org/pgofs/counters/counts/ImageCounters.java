package org.pgofs.counters.counts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.pgofs.counters.format.ImageReference;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.linux.OffHeap;

/**
 * The counters of one image: those of its live members, and a carry for everything else. The image serves
 * {@code sum over live members + carry}. When a member ends, it is added to the carry. A reset sets the carry to minus
 * the sum of the live members, so it need not write into targets. Marks (see {@link Marks}) are merged in the same way,
 * but a reset must clear them in the live members. Guarded by the store's lock.
 */
public final class ImageCounters {
    private final StoredImage image;
    private final Set<ImageReference> references = new LinkedHashSet<>();
    private final Map<String, Member> live = new LinkedHashMap<>();
    private final List<FoldedSegment> folded = new ArrayList<>();
    private final Map<Member, ValueList> moves = new LinkedHashMap<>();
    private final Set<Member> uncleared = new HashSet<>();
    private Counts carry;
    /** The memory of the last freeze, for the next one: faulting in new memory takes as long as filling it. */
    private final AtomicReference<OffHeap> spare = new AtomicReference<>();
    /** The marks that a take in progress has removed from the live members and from the carry. */
    private Marks taken;

    /** How many values the last takes hold. */
    private long takenValues;

    private final ApproximateSites approximate = new ApproximateSites();
    private long ended;
    private long resets;
    private ImageTimes times;

    public ImageCounters(StoredImage image) {
        this(image, Counts.none(image), 0, ImageTimes.now());
    }

    public ImageCounters(StoredImage image, Counts carry, long ended, ImageTimes times) {
        this.image = image;
        this.carry = carry;
        this.ended = ended;
        this.times = times;
        taken = Marks.none(image);
    }

    public StoredImage image() {
        return image;
    }

    /** About how many bytes it takes up. */
    public long memory() {
        return image.memory()
                + carry.values().size() * ValueCounts.CHARGED_BYTES
                + takenValues * ValueCounts.TAKEN_BYTES;
    }

    /** Says that the last takes hold more values of this image, or less. */
    public void addTakenValues(long values) {
        takenValues += values;
    }

    /** Whether it has neither a member nor counts, as after a reset without one. */
    public boolean isEmpty() {
        return live.isEmpty() && folded.isEmpty() && ended == 0 && carry.isZero();
    }

    /** The references by which segments may name this image. */
    public Set<ImageReference> references() {
        return references;
    }

    public Collection<Member> live() {
        return live.values();
    }

    /** The processes of live members, each once, by number. */
    public List<Integer> livePids() {
        return live.values().stream()
                .flatMapToInt(member -> member.pid().stream())
                .distinct()
                .sorted()
                .boxed()
                .toList();
    }

    /** The segments that are in the carry and whose files are still to be deleted. */
    public List<FoldedSegment> folded() {
        return folded;
    }

    /**
     * The values in sites of live members that no longer count, but that the members have not been told to clear yet.
     */
    public Map<Member, ValueList> moves() {
        return moves;
    }

    /** Live members whose marks a reset or take should have cleared but could not yet: their marks do not count. */
    public Set<Member> uncleared() {
        return uncleared;
    }

    /** The number of processes whose counters are in the carry. */
    public long ended() {
        return ended;
    }

    public Counts carry() {
        return carry;
    }

    /** The carry, with the marks of a take in progress: after a crash, that take has not happened. */
    public Counts savedCarry() {
        Counts saved =
                new Counts(carry.counters(), carry.values(), carry.marks().copy());
        saved.marks().add(taken);
        return saved;
    }

    /** Gives back the marks of a take that was not committed. */
    public void giveBack() {
        carry.marks().add(taken);
        taken = Marks.none(image);
    }

    /** Whether the image has marks. */
    public boolean hasMarks() {
        return taken.exist();
    }

    /** Whether a reset or take must write to live members: they have value sites or marks. */
    boolean hasEpochs() {
        return hasMarks() || live.values().stream().anyMatch(Member::hasValueSites);
    }

    /** How often the counters were reset or taken. */
    public long resets() {
        return resets;
    }

    /** Since when it is known and counts. */
    public ImageTimes times() {
        return times;
    }

    /** The part of the state that a reset or take replaces. */
    public record Baseline(Counts carry, Marks taken, long ended, long resets, ImageTimes times) {}

    public Baseline baseline() {
        return new Baseline(carry, taken, ended, resets, times);
    }

    public void setBaseline(Baseline baseline) {
        if (baseline.resets > resets) {
            samples().forEach(SampledMember::noteLeftOut);
        }
        carry = baseline.carry;
        taken = baseline.taken;
        ended = baseline.ended;
        resets = baseline.resets;
        times = baseline.times;
    }

    public void join(Member member) {
        live.put(member.name(), member);
    }

    /** Takes up a member that an earlier daemon had: what that left out of it is known by its effects alone. */
    public void rejoin(SampledMember member) {
        join(member);
        if (times.since().isAfter(times.firstSeen()) || carry.values().isBelowZero()) {
            member.noteLeftOut();
        }
    }

    /**
     * Moves the counts of a member that ended into the carry.
     *
     * @param room how many bytes its values may take up; further values are left out
     * @return whether all its counts could be read
     */
    public boolean fold(Member member, MemberReader reader, long room) throws IOException {
        if (!live.containsKey(member.name())) {
            return true; // there was no memory for what came after
        }
        long values = room / ValueCounts.CHARGED_BYTES;
        Counts counts = Counts.none(image);
        counts.values().setRoom(values);
        reader.addValues(member, image, counts.values());
        addMarks(member, reader, counts.marks());
        reader.addCounters(member, image.countersBegin(), counts.counters());
        boolean complete = !member.isTruncated();
        if (member instanceof SampledMember sampled) {
            approximate.addEnded(sampled.approximateSites(), resets);
        }
        carry.values().setRoom(values);
        leave(member);
        addEnded(counts);
        carry.values().setRoom(Long.MAX_VALUE);
        return complete;
    }

    /** Adds the counts of an ended process that was not a member. */
    public void addEnded(Counts counts) {
        ended++;
        keep(counts);
    }

    /**
     * The same.
     *
     * @param room how many bytes its values may take up; further values are left out
     */
    public void addEnded(Counts counts, long room) {
        carry.values().setRoom(room / ValueCounts.CHARGED_BYTES);
        addEnded(counts);
        carry.values().setRoom(Long.MAX_VALUE);
    }

    /** What the baseline would be with the counts of one more that ended and was not a member. */
    public Baseline baselineWith(Counts counts) {
        Counts with = carry.copy();
        with.add(counts);
        return new Baseline(with, taken, ended + 1, resets, times);
    }

    /** Adds counts that nobody has any more. */
    public void keep(Counts counts) {
        carry.add(counts);
    }

    /** Removes a member that has no counts. */
    public void leave(Member member) {
        live.remove(member.name());
        uncleared.remove(member);
    }

    /** Leaves out of what is served what a member has counted until now: somebody else's counts have it already. */
    public void leaveOut(SampledMember member, MemberReader reader) throws IOException {
        Counts counts = countsOf(member, reader);
        carry.counters().subtract(counts.counters());
        carry.values().subtract(counts.values());
        member.noteLeftOut();
    }

    private Stream<SampledMember> samples() {
        return live.values().stream().filter(SampledMember.class::isInstance).map(SampledMember.class::cast);
    }

    /**
     * At how many value sites the observed values may be approximate.
     *
     * @param sum of {@link #sum}
     */
    public int approximateSites(Counts sum) {
        Set<Integer> sites = new HashSet<>();
        samples().forEach(member -> {
            for (int site : member.approximateSites()) {
                sites.add(site);
            }
        });
        return approximate.count(sites, sum.values(), resets);
    }

    /** What a member has counted, to be saved. */
    public Counts countsOf(SampledMember member, MemberReader reader) throws IOException {
        Counts counts = Counts.none(image);
        reader.addCounters(member, image.countersBegin(), counts.counters());
        reader.addMarks(member, image, counts.marks());
        member.addSampledValues(counts.values());
        return counts;
    }

    /**
     * What samples count that were written into one file, one after another. Each has all that was counted since the start
     * of its process, so of each counter the highest counts. A child of a fork writes into the file of its parent, and has
     * what it inherited: so that is counted once.
     *
     * @param samples in any order
     */
    public Counts countsOf(List<SampledMember> samples, MemberReader reader) throws IOException {
        Counts highest = Counts.none(image);
        for (SampledMember sample : samples) {
            highest.raiseTo(countsOf(sample, reader));
        }
        return highest;
    }

    private void addMarks(Member member, MemberReader reader, Marks marks) throws IOException {
        if (!uncleared.contains(member)) {
            reader.addMarks(member, image, marks);
        }
    }

    /** The sum over the counters of the live members. */
    public CounterSum sumOfLive(MemberReader reader) throws IOException {
        CounterSum sum = new CounterSum(image.sums());
        reader.sum(live.values(), image.countersBegin(), sum);
        return sum;
    }

    /**
     * The counts that are served, before they are clamped.
     *
     * @param values {@link #liveValues}
     * @param room for them, beside that of the lists
     */
    public Counts sum(MemberReader reader, Map<Member, ValueList> values, ValueRoom room) throws IOException {
        Counts sum = new Counts(sumOfLive(reader), new ValueCounts(), Marks.none(image));
        for (Member member : live.values()) {
            addMarks(member, reader, sum.marks());
        }
        for (Map.Entry<Member, ValueList> list : values.entrySet()) {
            room.addTo(sum.values(), list.getKey(), image, list.getValue()::addTo);
        }
        for (Member member : live.values()) {
            if (member.isSample()) {
                room.addTo(sum.values(), member, image, member::addSampledValues);
            }
        }
        sum.add(carry);
        return sum;
    }

    /**
     * The values in the sites of each live member that can be told of resets; empty if members need not be, see
     * {@link #hasEpochs}.
     */
    public Map<Member, ValueList> liveValues(MemberReader reader, ValueRoom room) throws IOException {
        Map<Member, ValueList> values = new LinkedHashMap<>();
        if (hasEpochs()) {
            for (Member member : live.values()) {
                if (!member.isSample()) {
                    values.put(member, room.list(reader, member, image));
                }
            }
        }
        return values;
    }

    /** What a reset makes the carry: less what live members have counted already, of values as far as they are samples. */
    public Counts negatedLive(MemberReader reader) throws IOException {
        CounterSum counters = sumOfLive(reader);
        counters.negate();
        ValueCounts values = new ValueCounts();
        live.values()
                .forEach(member -> member.addSampledValues((site, value, count) -> values.add(site, value, -count)));
        return new Counts(counters, values, Marks.none(image));
    }

    /** The observed values of live and ended processes. */
    public ValueCounts freezeValues(MemberReader reader, ValueRoom room) throws IOException {
        ValueCounts values = new ValueCounts();
        for (Member member : live.values()) {
            if (member.hasValueSites() || member.isSample()) {
                room.addTo(values, member, image, sink -> reader.addValues(member, image, sink));
            }
        }
        values.add(carry.values());
        return values.clamped();
    }

    /** The marks of live and ended processes. */
    Marks freezeMarks(MemberReader reader) throws IOException {
        Marks marks = carry.marks().copy();
        marks.add(taken);
        for (Member member : live.values()) {
            addMarks(member, reader, marks);
        }
        return marks;
    }

    /** Memory for the sums that are served; its content is arbitrary. */
    public OffHeap borrowMemory() throws IOException {
        OffHeap kept = spare.getAndSet(null);
        return kept == null ? new OffHeap(image.countersSize(), image.countersBegin()) : kept;
    }

    /** Accepts such memory back. Without the store's lock. */
    public void giveBackMemory(OffHeap memory) {
        memory.discard();
        if (!spare.compareAndSet(null, memory)) {
            memory.close();
        }
    }

    /** Returns the memory that is kept for the next freeze to the kernel. */
    public void releaseSpareMemory() {
        OffHeap kept = spare.getAndSet(null);
        if (kept != null) {
            kept.close();
        }
    }

    /**
     * Writes the sums that are served.
     *
     * @param section as {@link MemberReader#freeze} takes it
     * @param stopped whether the rest is not needed any more
     */
    public void freezeCounters(MemberReader reader, ByteBuffer section, BooleanSupplier stopped) throws IOException {
        reader.freeze(live.values(), image.countersBegin(), carry.counters(), section, stopped);
    }

    /** The counts that are served, with values that are read already. */
    public Snapshot freeze(MemberReader reader, ValueCounts values) throws IOException {
        ByteBuffer sums = ByteBuffer.allocate(image.sums() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        freezeCounters(reader, sums, () -> false);
        return snapshot(sums, freezeMarks(reader), values);
    }

    /** A snapshot of sums that are read already, or will be. */
    public Snapshot snapshot(ByteBuffer sums, Marks marks, ValueCounts values) {
        ByteBuffer counters =
                marks.countersSection(image, sums.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN));
        return new Snapshot(image, counters, marks.bitmapsSection(), values, Instant.now());
    }
}
