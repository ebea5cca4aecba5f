package org.pgofs.counters.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgofs.counters.counts.CopiedMember;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.image.GuestLayout;
import org.pgofs.counters.image.LinkTimes;

/**
 * A virtual machine whose kernel counts, as a member of the kernel's image. Only the memory of the machine is read, and
 * it is never written to.
 *
 * <p>The member's counts are a sample: the counters at the last reading. A machine that starts its kernel again
 * destroys the counters without notice; so a sample is taken once a second, and at every read. A sample is accepted
 * only if, after the reading, the kernel is still there, no counter has decreased or leapt, and no other copy of the
 * kernel has appeared: after a restart the kernel may lie elsewhere, while the pages of the old copy are overwritten
 * one by one.
 *
 * <p>A copy that exists at the first reading may be a remnant of an earlier run of the machine. It is taken for the
 * kernel as soon as it has counted.
 */
public final class Guest implements CopiedMember {
    private static final long NOWHERE = -1;
    private static final Area NONE = new Area(0, 0);

    /** The result of a look at the memory. */
    enum Observation {
        /** The kernel still runs, or has not appeared yet. */
        AS_BEFORE,
        /** The kernel was started again: the sample is the last one from before that. */
        REBOOTED,
        /** No process uses the memory any more: the sample is the last one. */
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
    /** Whether the kernel was not seen counting yet: then a copy in memory may be a remnant. */
    private boolean unconfirmed = true;

    private boolean changed;

    /**
     * A machine whose memory was not read yet.
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

    /** Restores the sample that an earlier daemon saved. */
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

    /** Whether there is a sample with counts. */
    boolean hasSample() {
        return !GuestCounters.areZero(sample);
    }

    /** Whether the sample has changed since it was saved. */
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
        // After the reading: before another copy appears, no page of this one is overwritten.
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

    /** Whether it is still the same run of the kernel that an earlier daemon saw, if one did. */
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

    /** Begins with the next run of the kernel. The caller has saved the sample of the last run. */
    void startAgain() {
        boot++;
        place = NOWHERE;
        sample = GuestCounters.allocate(sample.capacity());
        changed = false;
        successor.ifPresent(this::follow);
        successor = Optional.empty();
    }

    /**
     * Takes the only copy in memory for the kernel, even if it was not seen counting. Before a reset this is always
     * right: a remnant does not change, and so adds nothing.
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
    public void close() {
        memory.close();
    }
}
