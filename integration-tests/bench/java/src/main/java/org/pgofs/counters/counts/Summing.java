package org.pgofs.counters.counts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Adds up counters that are in memory: without system calls. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Summing {
    private static final int COUNTERS = 1 << 16;

    /** How many processes. */
    @Param({"1", "16", "256"})
    public int members;

    /** How many threads help. */
    @Param({"0", "1"})
    public int helpers;

    private final List<Member> live = new ArrayList<>();
    private MemberReader reader;

    /** Makes the processes. */
    @Setup
    public void makeMembers() {
        reader = new MemberReader(new Helpers(helpers));
        for (int i = 0; i < members; i++) {
            ByteBuffer section =
                    ByteBuffer.allocateDirect(COUNTERS * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int k = 0; k < COUNTERS; k++) {
                section.putLong(k * Long.BYTES, i + k);
            }
            SampledMember.Sample sample =
                    new SampledMember.Sample(section, ByteBuffer.allocate(0), new ValueList(Long.MAX_VALUE));
            live.add(new SampledMember("member-" + i, 0, OptionalInt.empty(), sample));
        }
    }

    /** 65,536 counters of each. */
    @Benchmark
    public CounterSum sum() throws IOException {
        CounterSum sum = new CounterSum(COUNTERS);
        reader.sum(live, 0, sum);
        return sum;
    }
}
