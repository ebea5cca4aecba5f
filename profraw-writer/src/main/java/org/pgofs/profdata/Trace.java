package org.pgofs.profdata;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.image.Image;

/**
 * The order of the first calls of functions in a temporal profile, of which there is one trace.
 *
 * <pre>
 *   u64 number of traces, u64 number of traces that were seen
 *   of each trace u64 weight, u64 number of functions, u64 hash of each name
 * </pre>
 */
final class Trace {
    /** Longer ones are cut by llvm-profdata. */
    private static final int MOST = 10_000;

    private static final int HEAD = 2 * Long.BYTES;
    private static final long NEVER = -1;

    private static final Comparator<Call> ORDER = (a, b) -> {
        int order = Long.compareUnsigned(a.time, b.time);
        return order != 0 ? order : Long.compareUnsigned(a.name, b.name);
    };

    private record Call(long time, long name) {}

    private Trace() {}

    /** The most bytes that the traces of some functions take up. */
    static long size(int functions) {
        return 2 * HEAD + (long) Math.min(functions, MOST) * Long.BYTES;
    }

    /** Puts the traces. */
    static void put(List<Snapshot> snapshots, ByteBuffer target) {
        PriorityQueue<Call> first = new PriorityQueue<>(ORDER.reversed());
        snapshots.forEach(snapshot -> add(first, snapshot));
        List<Call> calls = first.stream().sorted(ORDER).toList();
        int traces = calls.isEmpty() ? 0 : 1;
        target.putLong(traces).putLong(traces);
        if (traces > 0) {
            target.putLong(1).putLong(calls.size());
            calls.forEach(call -> target.putLong(call.name));
        }
    }

    /** Adds the calls of an image; of all, the first ones are kept. */
    private static void add(PriorityQueue<Call> first, Snapshot snapshot) {
        Image image = snapshot.image();
        for (int function = 0; function < image.functions(); function++) {
            long time = snapshot.counters().getLong(image.countersOffset(function));
            if (time != 0 && time != NEVER) {
                first.add(new Call(time, image.nameRef(function)));
                if (first.size() > MOST) {
                    first.remove();
                }
            }
        }
    }
}
