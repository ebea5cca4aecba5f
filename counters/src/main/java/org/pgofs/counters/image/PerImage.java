package org.pgofs.counters.image;

import java.util.function.Function;

/**
 * Things that are made of an image when they are first asked for, and kept as long as the image is. Thread-safe.
 *
 * @param <T> what is made, immutable or thread-safe
 */
public final class PerImage<T> {
    private final Function<Image, T> make;

    /**
     * Nothing is made yet.
     *
     * @param make makes one for an image
     */
    public PerImage(Function<Image, T> make) {
        this.make = make;
    }

    /**
     * The one of an image.
     *
     * @param image the image
     * @return the same for the same image
     */
    @SuppressWarnings("unchecked") // nobody else puts anything under this key
    public T of(Image image) {
        return (T) image.kept().computeIfAbsent(this, key -> make.apply(image));
    }
}
