package org.pgofs.daemon;

import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.Selection;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.PerImage;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FsException;
import org.pgofs.profdata.FunctionOrder;
import org.pgofs.profdata.IndexedFile;
import org.pgofs.profdata.IndexedProfile;
import org.pgofs.profdata.format.IndexedLayout;

/**
 * Makes indexed profiles of images. Of a file its size without values is kept, and the order of its functions as long as the
 * Java heap has room for it: names of functions may be many, and a file has them only while it is open. Thread-safe.
 */
final class IndexedProfiles {
    private final Profiles profiles;
    private final Function<Collection<Image>, IndexedLayout> choice;
    /** The version of each image alone, for the status, which asks for it often. */
    private final PerImage<Integer> versions;

    /** Stands for an image without keeping it. */
    private final PerImage<Object> tokens = new PerImage<>(image -> new Object());

    /**
     * Profiles of the lowest version that loses nothing.
     *
     * @param profiles knows for how many values images need room
     */
    IndexedProfiles(Profiles profiles) {
        this(profiles, IndexedLayout::lowest);
    }

    /**
     * Profiles of one version, or of the next one whose readers know how the images of a file were instrumented.
     *
     * @param profiles knows for how many values images need room
     * @param number the version
     * @throws IllegalArgumentException if it is none
     */
    IndexedProfiles(Profiles profiles, int number) {
        this(profiles, images -> IndexedLayout.atLeast(number, images));
        IndexedLayout.of(number);
    }

    private IndexedProfiles(Profiles profiles, Function<Collection<Image>, IndexedLayout> choice) {
        this.profiles = profiles;
        this.choice = choice;
        versions = new PerImage<>(image -> choice.apply(List.of(image)).version());
    }

    /** The version in which an image is written. */
    int version(Image image) {
        return versions.of(image);
    }

    /** What of an image its profile does not have, if anything, in words that follow its name. */
    Optional<String> leavesOut(Image image) {
        List<String> parts = choice.apply(List.of(image)).leavesOut(image);
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of("the indexed version that was asked for has no room for its " + String.join(", ", parts));
    }

    /**
     * The size of a file without values, as long as it has the same images.
     *
     * @param images stand for them
     * @param bytes the size
     * @param order of the functions, as long as there is room for it
     */
    record Told(List<Object> images, long bytes, SoftReference<FunctionOrder> order) {
        static final Told NOTHING = new Told(List.of(), 0, new SoftReference<>(null));
    }

    /** The images that stand for those of a file, and its size; what was told before is told again if it is still true. */
    Told told(List<Image> images, Told before) throws FsException {
        List<Object> current = images.stream().map(tokens::of).toList();
        if (current.equals(before.images)) {
            return before;
        }
        try {
            FunctionOrder order = FunctionOrder.of(images);
            long size = new IndexedProfile(images, choice.apply(images), order).size();
            return new Told(current, size, new SoftReference<>(order));
        } catch (IOException e) {
            throw new FsException(Errno.EIO, "cannot tell the size of an indexed profile", e);
        }
    }

    /** The same images as raw profiles, which have the same values. */
    ProfileShape shape(CounterStore store, Selection selection) throws FsException {
        return profiles.shape(store, selection);
    }

    /** What the images of a file observed; later files have room for as much. */
    void learn(ProfileShape shape, List<Snapshot> complete) {
        profiles.learn(shape, complete);
    }

    /** The file with counts, to be closed. What was told of it saves time, if that is still true. */
    IndexedFile file(List<Snapshot> fitting, long size, Told before) throws IOException {
        List<Image> images = fitting.stream().map(Snapshot::image).toList();
        boolean isSame = images.stream().map(tokens::of).toList().equals(before.images);
        FunctionOrder known = isSame ? before.order.get() : null;
        FunctionOrder order = known == null ? FunctionOrder.of(images) : known;
        return new IndexedProfile(images, choice.apply(images), order).with(fitting, size);
    }
}
