package org.pgofs.profdata;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.pgofs.counters.image.Image;

/** Makes the order of functions: by the hash table of their names, and those of one name by their hashes. */
final class FunctionSort {
    private final List<? extends Image> images;
    private final ImageFunctions numbering;

    /** Of each function, which name it has in the order of names. */
    private final int[] ranks;
    /** By rank: the hash of the name, and which of those found it is. */
    private long[] hashes;

    private int[] numbers;
    private FoundNames found;

    private final int[] functions;
    private int count;
    private final BitSet records = new BitSet();
    private final BitSet names = new BitSet();
    private final BitSet chains = new BitSet();

    FunctionSort(List<? extends Image> images) {
        this.images = images;
        numbering = new ImageFunctions(images);
        ranks = new int[numbering.size()];
        functions = new int[numbering.size()];
    }

    FunctionOrder order() throws IOException {
        rank();
        Buckets buckets = new Buckets(hashes);
        ByName byName = new ByName();
        int[] nameNumbers = new int[hashes.length];
        int name = 0;
        for (int bucket = 0; bucket < buckets.size(); bucket++) {
            if (buckets.first(bucket) != Buckets.END) {
                chains.set(count);
            }
            for (int rank = buckets.first(bucket); rank != Buckets.END; rank = buckets.next(rank)) {
                names.set(count);
                nameNumbers[name++] = numbers[rank];
                byName.add(rank);
            }
        }
        int[] written = count == functions.length ? functions : Arrays.copyOf(functions, count);
        return new FunctionOrder(numbering, written, records, names, chains, nameNumbers, found, buckets.size());
    }

    /** Finds and sorts the names. The empty one is before all others. */
    private void rank() throws IOException {
        LongIds references = new LongIds(ranks.length);
        for (int i = 0; i < images.size(); i++) {
            Image image = images.get(i);
            for (int function = 0; function < image.functions(); function++) {
                ranks[numbering.number(i, function)] = references.add(image.nameRef(function));
            }
        }
        FoundNames.Search search = new FoundNames.Search(references);
        try (NameStore store = new NameStore(images, references.size(), search)) {
            int[] sorted = NameSort.of(store);
            int empty = sorted.length < references.size() ? 1 : 0;
            int[] rankOf = new int[sorted.length];
            numbers = new int[empty + sorted.length];
            Arrays.fill(numbers, 0, empty, FunctionOrder.NO_NAME);
            long bytes = 0;
            for (int i = 0; i < sorted.length; i++) {
                numbers[empty + i] = sorted[i];
                rankOf[sorted[i]] = empty + i;
                bytes += store.length(i);
            }
            hashes = new long[numbers.length];
            Arrays.fill(hashes, 0, empty, FunctionOrder.EMPTY);
            for (int reference = 0; reference < references.size(); reference++) {
                if (search.number(reference) >= 0) {
                    hashes[rankOf[search.number(reference)]] = references.at(reference);
                }
            }
            for (int i = 0; i < ranks.length; i++) {
                int number = search.number(ranks[i]);
                ranks[i] = number < 0 ? 0 : rankOf[number];
            }
            found = new FoundNames(search.places(), bytes);
        }
    }

    /** The functions of each name. */
    private final class ByName {
        /** All functions, sorted by their ranks and else in their order. */
        private final int[] sorted = new int[ranks.length];
        /** Where those of each name end. */
        private final int[] ends = new int[hashes.length + 1];

        ByName() {
            for (int rank : ranks) {
                ends[rank + 1]++;
            }
            Arrays.parallelPrefix(ends, Integer::sum);
            for (int i = 0; i < ranks.length; i++) {
                sorted[ends[ranks[i]]++] = i;
            }
        }

        /** Adds the functions of a name: those with the same hash together, in the order of the images. */
        void add(int rank) {
            int begin = rank == 0 ? 0 : ends[rank - 1];
            int end = ends[rank];
            for (int i = begin + 1; i < end; i++) {
                if (hash(sorted[i]) != hash(sorted[begin])) {
                    sortByHash(begin, end);
                    break;
                }
            }
            int first = begin;
            for (int i = begin; i < end; i++) {
                if (i == begin || hash(sorted[i]) != hash(sorted[first])) {
                    first = i;
                    records.set(count);
                    functions[count++] = sorted[i];
                } else if (counters(sorted[i]) == counters(sorted[first])) {
                    functions[count++] = sorted[i];
                }
            }
        }

        /** Sorts a part that has several hashes. */
        private void sortByHash(int begin, int end) {
            LongIds distinct = new LongIds(end - begin);
            int[] ids = new int[end - begin];
            int[] places = new int[ids.length + 1];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = distinct.add(hash(sorted[begin + i]));
                places[ids[i]]++;
            }
            int sum = 0;
            for (int id : HashOrder.of(distinct)) {
                int size = places[id];
                places[id] = sum;
                sum += size;
            }
            int[] part = Arrays.copyOfRange(sorted, begin, end);
            for (int i = 0; i < part.length; i++) {
                sorted[begin + places[ids[i]]++] = part[i];
            }
        }
    }

    private long hash(int number) {
        return images.get(numbering.image(number)).funcHash(numbering.function(number));
    }

    private int counters(int number) {
        return images.get(numbering.image(number)).counters(numbering.function(number));
    }
}
