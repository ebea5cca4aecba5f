package org.pgofs.fleet.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.pgofs.counters.format.Saturated;

/**
 * What one host counted, in few numbers: each counter is added to one of some buckets, which a hash of its function and its
 * place in it chooses. Sketches add up as profiles do, and one of more buckets can be made one of fewer. Not thread-safe.
 */
final class CountSketch {
    private static final long ODD = 0x9E3779B97F4A7C15L;

    private long[] buckets;

    /** Of nothing. A power of two of buckets, 2 or more. */
    CountSketch(int buckets) {
        this.buckets = new long[buckets];
    }

    /** Adds a piece. */
    void add(Piece piece) {
        ImageStructure structure = piece.structure();
        for (int function = 0; function < structure.functions(); function++) {
            FunctionKey key = structure.key(function);
            int first = piece.firstCounter(structure.function(function));
            for (int i = 0; i < key.counters(); i++) {
                long count = piece.counter(first, i);
                if (count != 0) {
                    int bucket = bucket(key, i);
                    buckets[bucket] = Saturated.sum(buckets[bucket], count);
                }
            }
        }
    }

    private int bucket(FunctionKey key, int counter) {
        long hash = key.nameRef() + ODD * (key.hash() + ODD * counter);
        hash = (hash ^ (hash >>> 32)) * ODD;
        hash = (hash ^ (hash >>> 29)) * ODD;
        return (int) (hash >>> (Long.SIZE - Integer.numberOfTrailingZeros(buckets.length)));
    }

    /** Adds what has as many buckets. */
    void add(CountSketch other) {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = Saturated.sum(buckets[i], other.buckets[i]);
        }
    }

    /** Halves the number of buckets until it is at most this one. */
    CountSketch foldedTo(int most) {
        CountSketch folded = this;
        while (folded.buckets.length > most) {
            CountSketch half = new CountSketch(folded.buckets.length / 2);
            for (int i = 0; i < half.buckets.length; i++) {
                half.buckets[i] = Saturated.sum(folded.buckets[2 * i], folded.buckets[2 * i + 1]);
            }
            folded = half;
        }
        return folded;
    }

    /** Each bucket's part of the sum of all; null if nothing was counted. */
    double[] shares() {
        double sum = Arrays.stream(buckets).asDoubleStream().sum();
        return sum == 0
                ? null
                : Arrays.stream(buckets).mapToDouble(count -> count / sum).toArray();
    }

    /** What two have in common: of each bucket the smaller share; 0 to 1. */
    static double overlap(double[] a, double[] b) {
        double overlap = 0;
        for (int i = 0; i < a.length; i++) {
            overlap += Math.min(a[i], b[i]);
        }
        return overlap;
    }

    /** Writes those that are not 0. */
    void write(DataOutput out) throws IOException {
        out.writeInt(buckets.length);
        out.writeInt((int) Arrays.stream(buckets).filter(count -> count != 0).count());
        for (int i = 0; i < buckets.length; i++) {
            if (buckets[i] != 0) {
                out.writeInt(i);
                out.writeLong(buckets[i]);
            }
        }
    }

    static CountSketch read(DataInput in) throws IOException {
        CountSketch sketch = new CountSketch(in.readInt());
        for (int left = in.readInt(); left > 0; left--) {
            int bucket = in.readInt();
            sketch.buckets[bucket] = in.readLong();
        }
        return sketch;
    }
}
