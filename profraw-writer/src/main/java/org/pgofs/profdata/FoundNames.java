package org.pgofs.profdata;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.Names;

/** Which names in the names sections of some images are those of functions: to read them again takes no hash. Immutable. */
final class FoundNames {
    /** Of each name how many lie before it in the sections of all images. */
    private final int[] places;

    private final long bytes;

    /**
     * Names.
     *
     * @param places of each name, how many lie before it in the sections of all images, modulo 2^32
     * @param bytes of all of them
     */
    FoundNames(int[] places, long bytes) {
        this.places = places;
        this.bytes = bytes;
    }

    /** How many bytes they have. */
    long bytes() {
        return bytes;
    }

    /** Reads the names of the same images. To be closed. */
    NameStore read(List<? extends Image> images) throws IOException {
        return new NameStore(images, places.length, new Again());
    }

    private final class Again implements NameStore.Choice {
        private int seen;
        private int kept;

        @Override
        public void part(byte[] part, int offset, int length) {}

        @Override
        public boolean isKept() {
            boolean isKept = kept < places.length && places[kept] == seen++;
            kept += isKept ? 1 : 0;
            return isKept;
        }
    }

    /** Finds the names of references. */
    static final class Search implements NameStore.Choice {
        private final Names.Hash hash = new Names.Hash();
        private final LongIds references;
        /** Of each reference the number of its name and 1, or 0. */
        private final int[] numbers;

        private final int[] places;
        private int seen;
        private int kept;

        Search(LongIds references) {
            this.references = references;
            numbers = new int[references.size()];
            places = new int[references.size()];
        }

        @Override
        public void part(byte[] part, int offset, int length) {
            hash.add(part, offset, length);
        }

        @Override
        public boolean isKept() {
            int reference = references.find(hash.take());
            boolean isKept = reference >= 0 && numbers[reference] == 0;
            if (isKept) {
                places[kept] = seen;
                numbers[reference] = ++kept;
            }
            seen++;
            return isKept;
        }

        /** The number of a reference's name, or {@link FunctionOrder#NO_NAME}. */
        int number(int reference) {
            return numbers[reference] - 1;
        }

        int[] places() {
            return kept == places.length ? places : Arrays.copyOf(places, kept);
        }
    }
}
