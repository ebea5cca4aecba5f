package org.pgofs.profdata;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.Names;
import org.pgofs.counters.linux.OffHeap;

/**
 * Some of the names in the names sections of some images, inflated, and numbered in their order. They lie outside of the
 * Java heap: an image may have as many as a file can hold. To be closed.
 */
final class NameStore implements AutoCloseable {
    /** The number of each image's first name; at the end the number of all. */
    private final int[] firsts;
    /** Where each name begins in the memory of its image; behind the last one of each image, where it ends. */
    private final int[] begins;

    private final ByteBuffer[] stores;
    private final List<OffHeap> memory = new ArrayList<>();
    private int count;

    /** Which names are kept. */
    interface Choice {
        /** Receives the next bytes of a name. */
        void part(byte[] bytes, int offset, int length);

        /** Whether the name is kept, which has ended. */
        boolean isKept();
    }

    /**
     * Reads names.
     *
     * @param most how many are kept at most
     * @param choice asked for each name of each image in turn
     * @throws IOException if names are no names, or have more than 2 GiB, or if there is no memory
     */
    NameStore(List<? extends Image> images, int most, Choice choice) throws IOException {
        firsts = new int[images.size() + 1];
        begins = new int[most + images.size()];
        stores = new ByteBuffer[images.size()];
        try {
            for (int i = 0; i < stores.length; i++) {
                read(i, images.get(i), choice);
                firsts[i + 1] = count;
            }
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void read(int number, Image image, Choice choice) throws IOException {
        try {
            long size = Names.unfolded(image.names());
            if (size > Integer.MAX_VALUE) {
                throw new IOException(image.name() + " has " + size + " bytes of names, which are too many");
            }
            if (size > 0) {
                OffHeap store = new OffHeap((int) size, 0);
                memory.add(store);
                stores[number] = store.buffer();
                Names.read(image.names(), new Keeper(number, choice));
            }
        } catch (InvalidFileException e) {
            throw new IOException(image.name() + " " + e.getMessage(), e);
        }
    }

    private final class Keeper implements Names.Visitor {
        private final int image;
        private final Choice choice;
        private int begin;

        Keeper(int image, Choice choice) {
            this.image = image;
            this.choice = choice;
        }

        @Override
        public void part(byte[] bytes, int offset, int length) {
            choice.part(bytes, offset, length);
            stores[image].put(bytes, offset, length);
        }

        @Override
        public void end() {
            if (choice.isKept()) {
                begin = stores[image].position();
                begins[++count + image] = begin;
            } else {
                stores[image].position(begin);
            }
        }
    }

    /** The number of names. */
    int size() {
        return count;
    }

    private int image(int name) {
        if (stores.length == 1) {
            return 0;
        }
        int found = Arrays.binarySearch(firsts, name);
        int image = found >= 0 ? found : -found - 2;
        while (firsts[image + 1] == name) {
            image++; // the one before has no names
        }
        return image;
    }

    int length(int name) {
        int at = name + image(name);
        return begins[at + 1] - begins[at];
    }

    /**
     * Eight bytes of a name as a number, the first one being the highest; 0 for those behind its end.
     *
     * @param depth how many bytes lie before
     */
    long word(int name, int depth) {
        int image = image(name);
        int begin = begins[name + image] + depth;
        int left = begins[name + image + 1] - begin;
        if (left >= Long.BYTES) {
            return Long.reverseBytes(stores[image].getLong(begin));
        }
        long word = 0;
        for (int i = 0; i < left; i++) {
            word |= Byte.toUnsignedLong(stores[image].get(begin + i)) << (Long.SIZE - (i + 1) * Byte.SIZE);
        }
        return word;
    }

    void put(int name, Window target) {
        int image = image(name);
        target.put(stores[image], begins[name + image], length(name));
    }

    /** How much memory the names take up, in bytes. */
    long memory() {
        long sum = (long) begins.length * Integer.BYTES;
        for (ByteBuffer store : stores) {
            sum += store == null ? 0 : store.position();
        }
        return sum;
    }

    @Override
    public void close() {
        memory.forEach(OffHeap::close);
    }
}
