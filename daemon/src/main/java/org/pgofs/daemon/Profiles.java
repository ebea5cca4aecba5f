package org.pgofs.daemon;

import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.Selection;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.PerImage;
import org.pgofs.counters.linux.NoSpaceException;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FsException;
import org.pgofs.profraw.RawBytes;
import org.pgofs.profraw.RawLayout;
import org.pgofs.profraw.RawLayouts;
import org.pgofs.profraw.RawProfile;
import org.pgofs.profraw.RawProfileSequence;

/** Makes raw profiles of images, all of one file in one version; keeps what does not depend on counts. Thread-safe. */
final class Profiles {
    /** How many values there is room for, beside what was observed: for each site, and in all where there are many. */
    private static final int ROOM_OF_SITE = 4;

    private static final int ROOM = 4096;

    private final Map<Integer, PerImage<RawProfile>> profiles = new ConcurrentHashMap<>();
    /** The most values that an image was seen to have, -1 if nobody has looked. */
    private final PerImage<AtomicLong> observed = new PerImage<>(image -> new AtomicLong(-1));

    private final Function<Collection<Image>, RawLayout> choice;

    /** Profiles of the highest version among the images of a file. */
    Profiles() {
        choice = RawLayouts::highest;
    }

    /**
     * Profiles of one version, or of the next one whose readers know how the images of a file were instrumented.
     *
     * @param number one of {@link RawLayouts#supported()}
     * @throws org.pgofs.profraw.UnsupportedRawVersionException if it is another one
     */
    Profiles(int number) {
        RawLayouts.of(number);
        choice = images -> RawLayouts.atLeast(number, images);
    }

    /** Whether there is a version in which an image can be written without loss. */
    static boolean canWrite(Image image) {
        return RawLayouts.canWrite(image);
    }

    /** What of an image its profile does not have, if anything, in words that follow its name. */
    Optional<String> leavesOut(Image image) {
        if (!canWrite(image)) {
            return Optional.of("has raw version " + Variant.version(image.rawVersion()) + ", which cannot be written");
        }
        List<String> parts = choice.apply(List.of(image)).leavesOut(image);
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of("the requested raw version has no room for its " + String.join(", ", parts));
    }

    /**
     * The shape of the file with the images that are selected now. The values of an image are read only if none of them
     * ever were; later it is what they were once, and room for more.
     */
    ProfileShape shape(CounterStore store, Selection selection) throws FsException {
        try {
            List<Image> images = selection.among(store::images);
            RawProfileSequence sequence = sequence(images);
            return new ProfileShape(images, sequence, sequence.sizeWith(room(store, images, sequence)));
        } catch (IOException e) {
            throw new FsException(Errno.EIO, "cannot tell the size of a raw profile", e);
        }
    }

    private long room(CounterStore store, List<Image> images, RawProfileSequence sequence) throws IOException {
        readValues(store, images, sequence);
        return sequence.profiles().stream()
                .mapToLong(profile -> room(profile, observed(profile.image())))
                .sum();
    }

    private long observed(Image image) {
        return Math.max(0, observed.of(image).get());
    }

    /** For how many values an image has room of which some were observed. */
    private static long room(RawProfile profile, long values) {
        long sites = profile.valueSites();
        return Math.max(values + values / 2, Math.min(ROOM_OF_SITE * sites, sites + ROOM));
    }

    private void readValues(CounterStore store, List<Image> images, RawProfileSequence sequence) throws IOException {
        Set<Image> unknown = new HashSet<>(images);
        unknown.removeIf(image -> observed.of(image).get() >= 0);
        sequence.profiles().stream()
                .filter(profile -> profile.valueSites() == 0)
                .forEach(profile -> unknown.remove(profile.image()));
        if (!unknown.isEmpty()) {
            Map<Image, ValueCounts> values = store.values(new Selection.Named(List.copyOf(unknown)));
            sequence.profiles().stream()
                    .filter(profile -> values.containsKey(profile.image()))
                    .forEach(profile -> learn(profile, values.get(profile.image())));
        }
    }

    /** What the images of a file observed; later files have room for as much. */
    void learn(ProfileShape shape, List<Snapshot> complete) {
        List<RawProfile> ofShape = shape.sequence().profiles();
        for (int i = 0; i < ofShape.size(); i++) {
            learn(ofShape.get(i), complete.get(i).values());
        }
    }

    private void learn(RawProfile profile, ValueCounts values) {
        observed.of(profile.image()).accumulateAndGet(profile.values(values), Math::max);
    }

    /** The file with counts that are known. It has the size that it would have if they were counted only now. */
    RawBytes of(List<Snapshot> snapshots) {
        RawProfileSequence sequence =
                sequence(snapshots.stream().map(Snapshot::image).toList());
        long room = 0;
        for (int i = 0; i < snapshots.size(); i++) {
            RawProfile profile = sequence.profiles().get(i);
            long values = profile.values(snapshots.get(i).values());
            room += room(profile, Math.max(values, observed(profile.image())));
        }
        return sequence.with(snapshots, sequence.sizeWith(room));
    }

    /** What a program is told when the store could not do what it wanted. */
    static Errno errno(IOException e) {
        return e instanceof NoSpaceException ? Errno.ENOSPC : Errno.EIO;
    }

    private RawProfileSequence sequence(Collection<Image> images) {
        if (images.isEmpty()) {
            return new RawProfileSequence(List.of());
        }
        RawLayout layout = choice.apply(images);
        PerImage<RawProfile> ofLayout = profiles.computeIfAbsent(
                layout.version(), key -> new PerImage<>(image -> new RawProfile(image, layout)));
        return new RawProfileSequence(images.stream().map(ofLayout::of).toList());
    }
}
