package org.pgofs.profdata;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.Names;
import org.pgofs.counters.linux.OffHeap;

/**
 * The names of the functions of some images, each once, sorted by their bytes. They lie outside of the Java heap: an image
 * may have as many as a file can hold. A function whose name is not in its image has the empty name, as llvm-profdata has it.
 * To be closed.
 */
final class NameTable implements AutoCloseable {
    private static final long EMPTY = new Names.Hash().of(new byte[0], 0, 0);

    /** Ascending. */
    private final long[] references;
    /** The number of each reference's name in the order of names. */
    private final int[] ranks;
    /** By rank: which of the references it is. */
    private final int[] byRank;

    private final ByteBuffer[] stores;
    private final int[] begins;
    private final int[] lengths;
    private final List<OffHeap> memory = new ArrayList<>();

    /**
     * Finds the names.
     *
     * @throws IOException if names are no names, or have more than 2 GiB, or if there is no memory
     */
    NameTable(List<? extends Image> images) throws IOException {
        references = LongStream.concat(LongStream.of(EMPTY), images.stream().flatMapToLong(image -> IntStream.range(
                                0, image.functions())
                        .mapToLong(image::nameRef)))
                .sorted()
                .distinct()
                .toArray();
        stores = new ByteBuffer[references.length];
        begins = new int[references.length];
        lengths = new int[references.length];
        stores[find(EMPTY)] = ByteBuffer.allocate(0);
        try {
            for (Image image : images) {
                read(image);
            }
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
        boolean nameless = Arrays.stream(stores).anyMatch(store -> store == null);
        byRank = IntStream.range(0, references.length)
                .filter(i -> stores[i] != null && (nameless || references[i] != EMPTY))
                .boxed()
                .sorted(this::compare)
                .mapToInt(Integer::intValue)
                .toArray();
        ranks = new int[references.length];
        for (int rank = 0; rank < byRank.length; rank++) {
            ranks[byRank[rank]] = rank;
        }
    }

    private int find(long reference) {
        return Arrays.binarySearch(references, reference);
    }

    private void read(Image image) throws IOException {
        try {
            long size = Names.unfolded(image.names());
            if (size > Integer.MAX_VALUE) {
                throw new IOException(image.name() + " has " + size + " bytes of names, which are too many");
            }
            if (size > 0) {
                OffHeap store = new OffHeap((int) size, 0);
                memory.add(store);
                Names.read(image.names(), new Finder(store.buffer()));
            }
        } catch (InvalidFileException e) {
            throw new IOException(image.name() + " " + e.getMessage(), e);
        }
    }

    /** Keeps the names that functions have. */
    private final class Finder implements Names.Visitor {
        private final ByteBuffer store;
        private final Names.Hash hash = new Names.Hash();
        private int begin;

        Finder(ByteBuffer store) {
            this.store = store;
        }

        @Override
        public void part(byte[] bytes, int offset, int length) {
            hash.add(bytes, offset, length);
            store.put(bytes, offset, length);
        }

        @Override
        public void end() {
            int found = find(hash.take());
            if (found >= 0 && stores[found] == null) {
                stores[found] = store;
                begins[found] = begin;
                lengths[found] = store.position() - begin;
                begin = store.position();
            } else {
                store.position(begin);
            }
        }
    }

    private int compare(int a, int b) {
        int common = Math.min(lengths[a], lengths[b]);
        ByteBuffer first = stores[a];
        ByteBuffer second = stores[b];
        int at = 0;
        for (; at + Long.BYTES <= common; at += Long.BYTES) {
            long left = first.getLong(begins[a] + at);
            long right = second.getLong(begins[b] + at);
            if (left != right) {
                return Long.compareUnsigned(Long.reverseBytes(left), Long.reverseBytes(right));
            }
        }
        for (; at < common; at++) {
            int difference = Byte.compareUnsigned(first.get(begins[a] + at), second.get(begins[b] + at));
            if (difference != 0) {
                return difference;
            }
        }
        return Integer.compare(lengths[a], lengths[b]);
    }

    /** The number of names. */
    int size() {
        return byRank.length;
    }

    /** The number of the name that a record refers to, 0 to {@link #size()} - 1. */
    int number(long reference) {
        int found = find(reference);
        return ranks[stores[found] == null ? find(EMPTY) : found];
    }

    /** The hashes of all names, by their numbers. */
    long[] hashes() {
        return Arrays.stream(byRank).mapToLong(i -> references[i]).toArray();
    }

    int length(int number) {
        return lengths[byRank[number]];
    }

    void put(int number, ByteBuffer target) {
        int i = byRank[number];
        target.put(target.position(), stores[i], begins[i], lengths[i]);
        target.position(target.position() + lengths[i]);
    }

    @Override
    public void close() {
        memory.forEach(OffHeap::close);
    }
}
