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
     * @return those that are selected
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
         * Whether an image is in the store now.
         *
         * @param image that is or was in the store
         * @return whether it is there
         * @throws IOException if they cannot be found
         */
        default boolean has(Image image) throws IOException {
            return list().contains(image);
        }
    }

    /**
     * Chooses, and lists all images only if the choice depends on them.
     *
     * @param all asked at most once
     * @return those that are selected
     * @throws IOException if they cannot be found
     */
    default List<Image> among(All all) throws IOException {
        return of(all.list());
    }

    /**
     * Chooses those images that also fulfil a condition.
     *
     * @param condition that an image must fulfil
     * @return a new selection
     */
    default Selection where(Predicate<Image> condition) {
        return images -> of(images).stream().filter(condition).toList();
    }

    /**
     * One image, whether or not there are others.
     *
     * @param image the image
     * @return a new selection, which does not ask for the others
     */
    static Selection only(Image image) {
        return new Named(List.of(image));
    }

    /**
     * Those of some images that are still in the store.
     *
     * @param images the images
     * @return a new selection, which asks only for these images
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
     * A fixed list of images.
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
