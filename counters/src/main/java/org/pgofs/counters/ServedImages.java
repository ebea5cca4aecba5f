package org.pgofs.counters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.guest.Guests;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.segment.ImageCatalog;

/**
 * The images that are served: those that have a process, counts, or a last take of their own. The store keeps others
 * only for their next process, and as long as there is room. Guarded by the store's lock.
 */
final class ServedImages implements Selection.All {
    private final ImageCatalog known;
    private final Guests guests;
    private final Takes takes;

    ServedImages(ImageCatalog known, Guests guests, Takes takes) {
        this.known = known;
        this.guests = guests;
        this.takes = takes;
    }

    /** The images, sorted by name; a list of the caller's own. */
    @Override
    public List<Image> list() {
        List<Image> images = new ArrayList<>();
        all().forEach(image -> images.add(image.image()));
        images.sort(Comparator.comparing(Image::name));
        return images;
    }

    @Override
    public boolean has(Image image) {
        return find(image).isPresent();
    }

    List<ImageCounters> all() {
        return known.images().stream().filter(this::isServed).toList();
    }

    Optional<ImageCounters> named(String name) {
        return Optional.ofNullable(known.named(name)).filter(this::isServed);
    }

    Optional<ImageCounters> find(Image image) {
        return Optional.ofNullable(counters(image)).filter(this::isServed);
    }

    private boolean isServed(ImageCounters image) {
        return !image.isEmpty() || guests.hold(image) || takes.serve(image);
    }

    /** Null if the image was forgotten. */
    private ImageCounters counters(Image image) {
        return known.image(((StoredImage) image).digest());
    }

    /** Called with each image that is selected but was forgotten. */
    interface Forgotten {
        void accept(Image image) throws IOException;
    }

    /**
     * The images of a selection. Some may have been forgotten since: an open file still selects the images that existed
     * when it was opened.
     *
     * @return in the order of the selection, each once
     */
    Set<ImageCounters> select(Selection selection, Forgotten forgotten) throws IOException {
        Set<ImageCounters> selected = new LinkedHashSet<>();
        for (Image image : selection.among(this)) {
            ImageCounters counters = counters(image);
            if (counters == null) {
                forgotten.accept(image);
            } else {
                selected.add(counters);
            }
        }
        return selected;
    }
}
