package org.pgofs.counters.counts;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Merges the observed values of processes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ValueMerging {
    private static final int SITES = 1000;
    private static final int VALUES_OF_A_SITE = 5;

    /** How many processes. */
    @Param({"1", "16"})
    public int members;

    private final List<ValueList> lists = new ArrayList<>();

    /** Makes their values. */
    @Setup
    public void makeValues() {
        Random random = new Random(1);
        for (int i = 0; i < members; i++) {
            ValueList list = new ValueList();
            for (int site = 0; site < SITES; site++) {
                for (int k = 0; k < VALUES_OF_A_SITE; k++) {
                    list.add(site, 0x1000 + random.nextInt(3 * VALUES_OF_A_SITE), 1 + random.nextInt(1000));
                }
            }
            lists.add(list);
        }
    }

    /** 5,000 values of each. */
    @Benchmark
    public ValueCounts merge() {
        ValueCounts values = new ValueCounts();
        lists.forEach(list -> list.addTo(values));
        return values;
    }
}
