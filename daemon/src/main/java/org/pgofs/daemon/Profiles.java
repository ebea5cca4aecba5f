package org.pgofs.daemon;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.CounterStore.Selection;
import org.pgofs.counters.Image;
import org.pgofs.counters.NoSpaceException;
import org.pgofs.counters.Snapshot;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FsException;
import org.pgofs.profraw.RawBytes;
import org.pgofs.profraw.RawLayout;
import org.pgofs.profraw.RawLayouts;
import org.pgofs.profraw.RawProfile;
import org.pgofs.profraw.RawProfileSequence;

/** Makes raw profiles of images, all of one file in one version; keeps what does not depend on counts. Thread-safe. */
final class Profiles {
    private final Map<Key, RawProfile> profiles = new ConcurrentHashMap<>();
    private final Function<Collection<Image>, RawLayout> choice;

    private record Key(Image image, int number) {}

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

    /** What of an image that can be written its profile does not have; nothing, unless one version was asked for. */
    List<String> leavesOut(Image image) {
        return choice.apply(List.of(image)).leavesOut(image);
    }

    /** The images of a selection that can be written. */
    static Selection writable(Selection selection) {
        return images ->
                selection.of(images).stream().filter(Profiles::canWrite).toList();
    }

    /**
     * The size in bytes of the file with the images that are selected now, as long as they observed no values: a good
     * guess at the size that an open file will have, which takes counters that are frozen.
     */
    long size(CounterStore store, Selection selection) throws FsException {
        try {
            List<Image> all = store.images();
            forgetOthers(Set.copyOf(all));
            return sequence(selection.of(all)).size();
        } catch (IOException e) {
            throw new FsException(Errno.EIO, "cannot tell the size of a raw profile", e);
        }
    }

    /** A question for the size comes before every open. */
    private void forgetOthers(Set<Image> all) {
        profiles.keySet().removeIf(key -> !all.contains(key.image()));
    }

    /** The file with all of the images that were frozen. */
    RawBytes of(List<Snapshot> snapshots) {
        return sequence(images(snapshots)).with(snapshots);
    }

    /** Where in that file the first byte is that depends on a counter. */
    long countsBegin(List<Snapshot> snapshots) {
        return sequence(images(snapshots)).countersBegin();
    }

    /** What a program is told when the store could not do what it wanted. */
    static Errno errno(IOException e) {
        return e instanceof NoSpaceException ? Errno.ENOSPC : Errno.EIO;
    }

    private static List<Image> images(List<Snapshot> snapshots) {
        return snapshots.stream().map(Snapshot::image).toList();
    }

    private RawProfileSequence sequence(Collection<Image> images) {
        if (images.isEmpty()) {
            return new RawProfileSequence(List.of());
        }
        RawLayout layout = choice.apply(images);
        return new RawProfileSequence(images.stream()
                .map(image ->
                        profiles.computeIfAbsent(new Key(image, layout.number()), key -> new RawProfile(image, layout)))
                .toList());
    }
}
