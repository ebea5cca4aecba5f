package org.pgofs.counters.image;

import java.util.function.Function;

/**
 * Objects that are derived from an image when they are first needed, and kept as long as the image. Thread-safe.
 *
 * @param <T> what is made, immutable or thread-safe
 */
public final class PerImage<T> {
    private final Function<Image, T> make;

    /**
     * Creates a holder that is empty.
     *
     * @param make makes one for an image
     */
    public PerImage(Function<Image, T> make) {
        this.make = make;
    }

    /**
     * The object of an image.
     *
     * @param image the image
     * @return the same for the same image
     */
    @SuppressWarnings("unchecked") // nobody else puts anything under this key
    public T of(Image image) {
        return (T) image.kept().computeIfAbsent(this, key -> make.apply(image));
    }
}
