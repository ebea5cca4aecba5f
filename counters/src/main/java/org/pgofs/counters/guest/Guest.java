package org.pgofs.counters.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.Member;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.image.GuestLayout;
import org.pgofs.counters.image.LinkTimes;

/**
 * A virtual machine whose kernel counts, as a member of the kernel's image. Nothing but its memory is looked at, and that
 * is only read.
 *
 * <p>What counts is a sample: the counters when they were read last. When the machine starts its kernel again, the memory
 * is gone before anybody can know; so a sample is taken once a second, and whenever somebody wants to read. It is taken
 * only if the kernel was still there after the reading, if no counter went back or leapt, and if no other copy of the
 * kernel has appeared: a kernel that is started again may lie elsewhere, and the pages of the old one are used for
 * something else bit by bit.
 *
 * <p>A copy that was there at the first look may be left over from an earlier run of the machine. It is taken for the
 * kernel when it has counted.
 */
public final class Guest implements Member {
    private static final long NOWHERE = -1;
    private static final Area NONE = new Area(0, 0);

    /** What a look at the memory showed. */
    enum Observation {
        /** The kernel runs on, or is still waited for. */
        AS_BEFORE,
        /** The kernel was started again: the sample is the last one of before. */
        REBOOTED,
        /** Nobody uses the memory any more: the sample is the last one. */
        ENDED
    }

    private final String guestName;
    private final ImageCounters image;
    private final GuestLayout layout;
    private final KernelMemory memory;
    private final GuestCopies copies;
    private ByteBuffer sample;
    private ByteBuffer next;
    private Instant sampled = Instant.now();
    private long boot;
    private long place = NOWHERE;
    private Optional<GuestCopies.Copy> successor = Optional.empty();
    private boolean looked;
    /** Whether the kernel was not seen yet: then a copy that is there may be left over. */
    private boolean unconfirmed = true;

    private boolean changed;

    /**
     * A machine that was not looked at yet.
     *
     * @param boot counts how often the kernel was started while the store watched
     * @param memory to be closed with this
     */
    public Guest(String guestName, ImageCounters image, GuestLayout layout, KernelMemory memory, long boot) {
        this.guestName = guestName;
        this.image = image;
        this.layout = layout;
        this.memory = memory;
        this.boot = boot;
        int size = image.image().countersSize();
        copies = new GuestCopies(size);
        sample = GuestCounters.allocate(size);
        next = GuestCounters.allocate(size);
    }

    /** Takes up the sample that an earlier daemon saved. */
    void restore(Counts saved, Instant when) {
        sample.asLongBuffer().put(saved.counters().values());
        sampled = when;
    }

    /** The name under which it was attached. */
    String guestName() {
        return guestName;
    }

    ImageCounters image() {
        return image;
    }

    GuestLayout layout() {
        return layout;
    }

    KernelMemory memory() {
        return memory;
    }

    long boot() {
        return boot;
    }

    /** Whether the kernel was found, and counts. */
    boolean isCounting() {
        return place != NOWHERE;
    }

    Instant sampled() {
        return sampled;
    }

    /** Whether there is something in the sample. */
    boolean hasSample() {
        return !GuestCounters.areZero(sample);
    }

    /** Whether the sample is another one than when it was saved. */
    boolean isChanged() {
        return changed;
    }

    void markSaved() {
        changed = false;
    }

    /** The sample, to be saved. */
    Counts toCounts() {
        Counts counts = Counts.none(image.image());
        sample.rewind().asLongBuffer().get(counts.counters().values());
        return counts;
    }

    /** Takes a new sample, if there is one to take. */
    Observation look() throws IOException {
        boolean used = memory.isInUse();
        if (!(isCounting() ? follow() : find())) {
            return Observation.REBOOTED;
        }
        return used ? Observation.AS_BEFORE : Observation.ENDED;
    }

    /** Whether it is still the same run of the kernel. */
    private boolean follow() throws IOException {
        boolean good = memory.read(place, next) && GuestCounters.canFollow(sample, next, sinceSample());
        if (!good) {
            copies.know(place, sample);
        }
        // After the reading: no page of this copy was used for something else before another one appeared.
        copies.look(memory, good ? place : NOWHERE);
        successor = copies.appeared();
        if (good && successor.isEmpty()) {
            changed |= !next.rewind().equals(sample.rewind());
            ByteBuffer old = sample;
            sample = next;
            next = old;
            sampled = Instant.now();
            return true;
        }
        if (good) {
            copies.know(place, sample);
        }
        return false;
    }

    /** Whether it is still the same run of the kernel, as far as an earlier daemon saw one. */
    private boolean find() throws IOException {
        copies.look(memory, NOWHERE);
        if (hasSample()) {
            successor = Optional.empty();
            Optional<GuestCopies.Copy> same = copies.following(sample, sinceSample());
            same.ifPresent(this::follow);
            looked = true;
            return same.isPresent();
        }
        Optional<GuestCopies.Copy> found = looked ? copies.appeared() : Optional.empty();
        if (found.isEmpty() && unconfirmed) {
            found = copies.counting();
        }
        found.ifPresent(this::follow);
        looked = true;
        return true;
    }

    private Duration sinceSample() {
        return Duration.between(sampled, Instant.now());
    }

    private void follow(GuestCopies.Copy copy) {
        place = copy.place();
        sample.put(0, copy.counters(), 0, sample.capacity());
        sampled = Instant.now();
        unconfirmed = false;
        changed = true;
        copies.forget(place);
    }

    /** Begins with the next run of the kernel. Before that, the sample has to be put by. */
    void startAgain() {
        boot++;
        place = NOWHERE;
        sample = GuestCounters.allocate(sample.capacity());
        changed = false;
        successor.ifPresent(this::follow);
        successor = Optional.empty();
    }

    /**
     * Takes a copy for the kernel that was not seen to count, if there is only one. Before a reset that is right in any
     * case: a copy that is left over stays as it is, and so adds nothing.
     */
    void acceptUnconfirmed() {
        if (!isCounting() && unconfirmed) {
            copies.only().ifPresent(this::follow);
        }
    }

    /** No segment has such a name. */
    @Override
    public String name() {
        return "guest-" + guestName;
    }

    /** Root attached it. */
    @Override
    public int owner() {
        return 0;
    }

    @Override
    public OptionalInt pid() {
        return OptionalInt.empty();
    }

    @Override
    public Area counters() {
        return new Area(0, sample.capacity());
    }

    @Override
    public Area bitmaps() {
        return NONE;
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
        int count = target.remaining();
        target.put(sample.slice((int) offset, count));
        return count;
    }

    @Override
    public long nextData(Area area, long offset) {
        return offset;
    }

    @Override
    public boolean isTruncated() {
        return false;
    }

    // What follows is for value sites and marks, of which there are none.

    @Override
    public Writer writer() {
        throw new UnsupportedOperationException("the memory of a machine is never written to");
    }

    @Override
    public long epoch() {
        return 0;
    }

    @Override
    public void setEpoch(long newEpoch) {}

    @Override
    public void publishEpoch() {}

    @Override
    public long clearedEpoch() {
        return 0;
    }

    @Override
    public void setClearedEpoch(long epoch) {}

    @Override
    public void publishCleared() {}

    @Override
    public void close() {
        memory.close();
    }
}
