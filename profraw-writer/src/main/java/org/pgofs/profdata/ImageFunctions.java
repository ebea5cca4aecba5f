package org.pgofs.profdata;

import java.util.Arrays;
import java.util.List;
import org.pgofs.counters.image.Image;

/** Numbers for the functions of some images, counted over all of them. Immutable; does not keep the images. */
final class ImageFunctions {
    /** The number of each image's first function; at the end the number of all. */
    private final int[] firsts;

    ImageFunctions(List<? extends Image> images) {
        firsts = new int[images.size() + 1];
        for (int i = 0; i < images.size(); i++) {
            firsts[i + 1] = Math.addExact(firsts[i], images.get(i).functions());
        }
    }

    /** The number of all functions. */
    int size() {
        return firsts[firsts.length - 1];
    }

    /** Whose function it is. */
    int image(int number) {
        if (firsts.length == 2) {
            return 0;
        }
        int found = Arrays.binarySearch(firsts, number);
        return found >= 0 ? found : -found - 2;
    }

    /** Which function of its image it is. */
    int function(int number) {
        return number - firsts[image(number)];
    }

    int number(int image, int function) {
        return firsts[image] + function;
    }
}
