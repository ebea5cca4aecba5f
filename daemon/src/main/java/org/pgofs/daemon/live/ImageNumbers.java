package org.pgofs.daemon.live;

import java.util.concurrent.atomic.AtomicLong;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.PerImage;

/**
 * A number for each image: another image has another one, though it may have the name of one that is gone. They begin
 * with the time, so that a mount does not have those of the one before. Thread-safe.
 */
public final class ImageNumbers {
    private final AtomicLong last = new AtomicLong(System.nanoTime());
    private final PerImage<Long> numbers = new PerImage<>(image -> last.incrementAndGet());

    long of(Image image) {
        return numbers.of(image);
    }
}
