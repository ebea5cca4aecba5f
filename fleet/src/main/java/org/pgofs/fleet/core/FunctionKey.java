package org.pgofs.fleet.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;

/**
 * What makes records of different pieces one function: its name and hash, and the shape of what is counted.
 *
 * @param nameRef the hash of its name
 * @param hash the compiler's hash of its control flow
 * @param counters how many counters it has, without the time of its first call
 * @param bitmap bytes of its bitmap
 * @param callSites how many value sites it has for targets of calls
 * @param sizeSites how many for sizes of memory operations
 * @param vtableSites how many for vtables
 */
record FunctionKey(long nameRef, long hash, int counters, int bitmap, int callSites, int sizeSites, int vtableSites)
        implements Comparable<FunctionKey> {
    private static final Comparator<FunctionKey> ORDER = Comparator.comparingLong(FunctionKey::nameRef)
            .thenComparingLong(FunctionKey::hash)
            .thenComparingInt(FunctionKey::counters)
            .thenComparingInt(FunctionKey::bitmap)
            .thenComparingInt(FunctionKey::callSites)
            .thenComparingInt(FunctionKey::sizeSites)
            .thenComparingInt(FunctionKey::vtableSites);

    /** The number of value sites of all kinds. */
    int sites() {
        return callSites + sizeSites + vtableSites;
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(nameRef);
        out.writeLong(hash);
        for (int number : new int[] {counters, bitmap, callSites, sizeSites, vtableSites}) {
            out.writeInt(number);
        }
    }

    static FunctionKey read(DataInput in) throws IOException {
        return new FunctionKey(
                in.readLong(), in.readLong(), in.readInt(), in.readInt(), in.readInt(), in.readInt(), in.readInt());
    }

    /** Whether it is the same function, of which only one shape has a place in a profile. */
    boolean isSameFunction(FunctionKey other) {
        return nameRef == other.nameRef && hash == other.hash;
    }

    @Override
    public int compareTo(FunctionKey other) {
        return ORDER.compare(this, other);
    }
}
