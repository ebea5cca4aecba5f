package org.pgofs.profdata;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.Names;

/**
 * The order in which an indexed profile has the functions of some images, with what it takes to write them: all that depends
 * neither on counts nor on the version. A record is of the functions that share their name, their hash and the number of their
 * counters; of those that share name and hash and differ in counters, the first one has the record. It takes up some 12 bytes
 * for each function, and does not keep the images. Immutable.
 */
public final class FunctionOrder {
    /** The hash of the empty name: that of functions whose name is not in their image, as llvm-profdata has it. */
    static final long EMPTY = new Names.Hash().of(new byte[0], 0, 0);

    /** Stands for the empty name. */
    static final int NO_NAME = -1;

    private final ImageFunctions numbering;
    private final int[] functions;
    private final BitSet records;
    private final BitSet names;
    private final BitSet chains;
    private final int[] nameNumbers;
    private final FoundNames found;
    private final int buckets;

    /**
     * An order.
     *
     * @param functions in their order
     * @param records where a record begins among them
     * @param names where a name begins among them
     * @param chains where a chain of the hash table begins among them
     * @param nameNumbers which of those found each name is
     * @param found which names of the images they have
     * @param buckets the size of the hash table
     */
    FunctionOrder(
            ImageFunctions numbering,
            int[] functions,
            BitSet records,
            BitSet names,
            BitSet chains,
            int[] nameNumbers,
            FoundNames found,
            int buckets) {
        this.numbering = numbering;
        this.functions = functions;
        this.records = records;
        this.names = names;
        this.chains = chains;
        this.nameNumbers = nameNumbers;
        this.found = found;
        this.buckets = buckets;
    }

    /**
     * Sorts functions.
     *
     * @param images whose functions they are, possibly none
     * @return their order
     * @throws IOException if names cannot be read or are too much alike, or if there is no memory
     */
    public static FunctionOrder of(List<? extends Image> images) throws IOException {
        return new FunctionSort(images).order();
    }

    /** The names, from the images of which this is. To be closed. */
    NameStore names(List<? extends Image> images) throws IOException {
        return found.read(images);
    }

    /** The number of functions, of which several may share a record. */
    int size() {
        return functions.length;
    }

    int image(int at) {
        return numbering.image(functions[at]);
    }

    int function(int at) {
        return numbering.function(functions[at]);
    }

    boolean beginsName(int at) {
        return names.get(at);
    }

    boolean beginsChain(int at) {
        return chains.get(at);
    }

    /** Where the record behind one begins. */
    int nextRecord(int at) {
        return next(records, at);
    }

    /** Where the name behind one begins. */
    int nextName(int at) {
        return next(names, at);
    }

    private int next(BitSet begins, int at) {
        int next = begins.nextSetBit(at + 1);
        return next < 0 ? functions.length : next;
    }

    /** The number of names in the chain that begins somewhere. */
    int namesInChain(int at) {
        int end = next(chains, at);
        int count = 0;
        for (int name = at; name < end; name = nextName(name)) {
            count++;
        }
        return count;
    }

    /** Which of the names that were read a name is, or {@link #NO_NAME}. */
    int nameNumber(int name) {
        return nameNumbers[name];
    }

    /** The number of names. */
    int nameCount() {
        return nameNumbers.length;
    }

    /** How many bytes all names have. */
    long nameBytes() {
        return found.bytes();
    }

    /** The number of chains. */
    int chainCount() {
        return chains.cardinality();
    }

    /** The number of buckets, a power of two. */
    int buckets() {
        return buckets;
    }
}
