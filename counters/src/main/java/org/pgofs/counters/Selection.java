package org.pgofs.counters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
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

    /** All images of a store. */
    @FunctionalInterface
    interface All {
        /**
         * Lists them, which takes longer the more there are.
         *
         * @return by name
         * @throws IOException if they cannot be found
         */
        List<Image> list() throws IOException;

        /**
         * Whether an image is one of them.
         *
         * @param image one that is or was
         * @return whether it is there
         * @throws IOException if they cannot be found
         */
        default boolean has(Image image) throws IOException {
            return list().contains(image);
        }
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
     * Those of some images that are still there.
     *
     * @param images the images
     * @return a new selection, which asks for each of them and not for the others
     */
    static Selection remaining(List<Image> images) {
        return new Selection() {
            @Override
            public List<Image> of(List<Image> all) {
                return images.stream().filter(new HashSet<>(all)::contains).toList();
            }

            @Override
            public List<Image> among(All all) throws IOException {
                List<Image> there = new ArrayList<>();
                for (Image image : images) {
                    if (all.has(image)) {
                        there.add(image);
                    }
                }
                return there;
            }
        };
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
