package org.pgofs.profdata;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pgofs.counters.image.Image;

/** Counts the functions that several images have, by which they are merged where one profile has all of these images. */
public final class SharedFunctions {
    private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

    private SharedFunctions() {}

    /**
     * How many functions share their name and hash with one of an image before theirs. No name is looked at.
     *
     * @param images the images
     * @return 0 or more
     */
    public static long count(List<? extends Image> images) {
        if (images.size() < 2) {
            return 0;
        }
        long[] all = images.stream()
                .flatMapToLong(image -> Arrays.stream(functions(image)))
                .sorted()
                .toArray();
        return IntStream.range(1, all.length).filter(i -> all[i] == all[i - 1]).count();
    }

    /** A number for each different function, which is the same for name and hash that are the same. */
    private static long[] functions(Image image) {
        long[] sorted = IntStream.range(0, image.functions())
                .mapToLong(function -> image.nameRef(function) * MULTIPLIER + image.funcHash(function))
                .sorted()
                .toArray();
        // Not distinct(), which makes an object of each.
        return IntStream.range(0, sorted.length)
                .filter(i -> i == 0 || sorted[i] != sorted[i - 1])
                .mapToLong(i -> sorted[i])
                .toArray();
    }
}
