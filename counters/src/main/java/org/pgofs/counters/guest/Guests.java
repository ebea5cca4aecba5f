package org.pgofs.counters.guest;

import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.segment.ImageCatalog;
import org.pgofs.counters.state.SampledSource;
import org.pgofs.counters.state.SavedGuest;
import org.pgofs.counters.state.StateDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The virtual machines that are attached. The counts of a run of a kernel are added to the carry of its image exactly
 * once: the number of the run is part of the saved state, and each saved sample belongs to one run. Guarded by the
 * store's lock.
 */
public final class Guests implements SampledSource {
    /** The time between samples: counts of at most this time are lost when a machine starts its kernel again. */
    static final int LOOK_MS = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(Guests.class);
    /** The name of the kernel that this machine runs. */
    private static final String RUNNING = "vmlinux";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");

    private final TreeMap<String, Guest> guests = new TreeMap<>();
    private final ImageCatalog images;
    private final MemberReader reader;
    private final StateDirectory state;
    private long lookAt = System.nanoTime();

    public Guests(ImageCatalog images, MemberReader reader, StateDirectory state) {
        this.images = images;
        this.reader = reader;
        this.state = state;
    }

    @Override
    public void restore() throws IOException {
        for (SavedGuest saved : state.manifest().sampled(SavedGuest.class)) {
            ImageCounters image = images.image(saved.digest());
            if (image == null) {
                LOG.error("{} is detached: its image is lost, see above", saved.name());
                continue;
            }
            Optional<Counts> sample = state.sample(saved, image.image());
            Instant sampled = state.sampled(saved);
            try {
                GuestMemory memory = GuestMemory.open(saved.memory(), image.image(), saved.layout());
                if (memory.inode() != saved.inode()) {
                    memory.close();
                    throw new IOException(saved.memory() + " is another file now");
                }
                Guest guest = new Guest(saved.name(), image, saved.layout(), memory, saved.boot());
                sample.ifPresent(counts -> guest.restore(counts, sampled));
                join(guest);
            } catch (IOException e) {
                LOG.warn("{} is gone, what it counted since {} is lost: {}", saved.name(), sampled, e.getMessage());
                sample.ifPresent(image::addEnded);
                images.changed().add(image);
            }
        }
        look();
    }

    private void join(Guest guest) {
        guests.put(guest.guestName(), guest);
        guest.image().join(guest);
    }

    /**
     * Checks whether a machine can be added.
     *
     * @throws IOException if it cannot be added; the message is one line that says why
     */
    public void check(String name, KernelMemory memory) throws IOException {
        checkName(name);
        checkMemory(memory);
    }

    /** Adds a machine, which was checked. */
    public void add(Guest guest) {
        join(guest);
        look(guest);
    }

    private void checkMemory(KernelMemory memory) throws IOException {
        for (Guest other : guests.values()) {
            if (other.memory().inode() == memory.inode()
                    && other.memory().path().equals(memory.path())) {
                throw new IOException(memory.path() + " is attached already, as " + other.guestName());
            }
        }
    }

    public void checkName(String name) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw new IOException("a name has letters, digits, '.', '_' and '-', at most 64 of them: give --name");
        }
        if (name.equals(RUNNING)) {
            throw new IOException(RUNNING + " is the name of the kernel of this machine: give another --name");
        }
        if (guests.containsKey(name)) {
            throw new IOException("there is a guest " + name + " already: detach it, or give another --name");
        }
    }

    /** Removes a machine whose attaching failed. */
    public void remove(String name) {
        Guest guest = guests.remove(name);
        if (guest != null) { // the machine may have ended at once
            guest.image().leave(guest);
            guest.close();
        }
    }

    /**
     * Removes a machine, which may go on running. Its counts stay.
     *
     * @throws IOException if no machine has this name, or its memory cannot be read
     */
    public void detach(String name) throws IOException {
        Guest guest = guests.get(name);
        if (guest == null) {
            throw new IOException("there is no guest " + name + (guests.isEmpty() ? "" : ", but " + guests.keySet()));
        }
        look(guest);
        if (guests.containsKey(name)) {
            end(guest);
        }
    }

    /** Takes new samples of all and saves them, once a second. */
    @Override
    public int work() throws IOException {
        if (guests.isEmpty()) {
            return -1;
        }
        if (lookAt - System.nanoTime() <= 0) {
            look();
            saveSamples(images.images());
            lookAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_MS);
        }
        return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(lookAt - System.nanoTime()));
    }

    /** Takes new samples of all. */
    public void look() {
        List.copyOf(guests.values()).forEach(this::look);
    }

    @Override
    public void look(Collection<ImageCounters> images) {
        List.copyOf(guests.values()).stream()
                .filter(guest -> images.contains(guest.image()))
                .forEach(this::look);
    }

    private void look(Guest guest) {
        try {
            Guest.Observation seen = guest.look();
            if (seen == Guest.Observation.REBOOTED) {
                LOG.info("{} was started again; its counts are those of {}", guest.guestName(), guest.sampled());
                fold(guest);
                guest.startAgain();
                guest.image().join(guest);
                seen = guest.look();
            }
            if (seen == Guest.Observation.ENDED) {
                LOG.info("{} has ended", guest.guestName());
                end(guest);
            }
        } catch (IOException e) {
            LOG.warn("cannot look at {}: {}", guest.guestName(), e.getMessage());
        }
    }

    private void fold(Guest guest) throws IOException {
        if (guest.hasSample()) {
            guest.image().fold(guest, reader, Long.MAX_VALUE);
        } else {
            guest.image().leave(guest);
        }
        images.changed().add(guest.image());
    }

    private void end(Guest guest) throws IOException {
        fold(guest);
        guests.remove(guest.guestName());
        guest.close();
    }

    @Override
    public void prepareReset() {
        guests.values().forEach(Guest::acceptUnconfirmed);
    }

    /** All: each belongs to one run of a kernel, so any time is right. */
    @Override
    public void saveSamples(Collection<ImageCounters> some) throws IOException {
        for (Guest guest : guests.values()) {
            if (guest.isChanged()) {
                state.saveSample(saved(guest), guest.toCounts());
                guest.markSaved();
            }
        }
    }

    @Override
    public List<SavedGuest> saved() {
        return guests.values().stream().map(Guests::saved).toList();
    }

    private static SavedGuest saved(Guest guest) {
        return new SavedGuest(
                guest.guestName(),
                guest.image().image().digest(),
                guest.boot(),
                guest.memory().inode(),
                guest.layout(),
                guest.memory().path());
    }

    public List<GuestStatus> status() {
        return guests.values().stream()
                .map(guest -> new GuestStatus(
                        guest.guestName(),
                        guest.image().image().name(),
                        guest.memory().path(),
                        guest.isCounting(),
                        guest.boot()))
                .toList();
    }

    @Override
    public void close() {
        guests.values().forEach(Guest::close);
    }

    /** Whether a machine runs an image, counting or not. */
    public boolean hold(ImageCounters image) {
        return guests.values().stream().anyMatch(guest -> guest.image() == image);
    }
}
