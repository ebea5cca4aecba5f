package org.pgofs.counters;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.pgofs.counters.image.Image;

/** Chooses images of a store. */
@FunctionalInterface
public interface Selection {
    /**
     * Chooses.
     *
     * @param images all images of the store, by name
     * @return those that are meant
     */
    List<Image> of(List<Image> images);

    /** Lists all images of a store, which takes longer the more there are. */
    @FunctionalInterface
    interface All {
        /**
         * Lists them.
         *
         * @return by name
         * @throws IOException if they cannot be found
         */
        List<Image> list() throws IOException;
    }

    /**
     * Chooses, and asks for all images only if that takes part in the choice.
     *
     * @param all asked at most once
     * @return those that are meant
     * @throws IOException if they cannot be found
     */
    default List<Image> among(All all) throws IOException {
        return of(all.list());
    }

    /**
     * Chooses less.
     *
     * @param condition that an image must fulfil, too
     * @return a new selection
     */
    default Selection where(Predicate<Image> condition) {
        return images -> of(images).stream().filter(condition).toList();
    }

    /**
     * One image, whichever others there are.
     *
     * @param image the image
     * @return a new selection, which does not ask for the others
     */
    static Selection only(Image image) {
        return new Named(List.of(image));
    }

    /**
     * Images that are known beforehand.
     *
     * @param images the images
     */
    record Named(List<Image> images) implements Selection {
        @Override
        public List<Image> of(List<Image> all) {
            return images;
        }

        @Override
        public List<Image> among(All all) {
            return images;
        }

        @Override
        public Selection where(Predicate<Image> condition) {
            return new Named(images.stream().filter(condition).toList());
        }
    }
}
