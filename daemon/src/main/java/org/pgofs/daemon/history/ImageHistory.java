package org.pgofs.daemon.history;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;

/**
 * The last counts of one image, and those of the minute before. Neighbouring counters of an image that is too large are
 * kept as one sum. Not thread-safe.
 */
final class ImageHistory {
    /** Between two counts that are kept. */
    static final long STEP = TimeUnit.SECONDS.toNanos(10);

    /** As many as reach back for a minute. */
    static final int KEPT = 7;

    private final int group;
    private final Deque<Past> past = new ArrayDeque<>();
    private final BitSet counted = new BitSet();
    private float[] now;
    private double total;
    private int functions;
    private int counting;
    private int counters;
    private long begin;
    private long sampled;
    private long lastNew;

    /** What was counted at an earlier moment. */
    private record Past(long nanos, FloatBuffer sums, double total) {}

    /**
     * Of an image.
     *
     * @param room how many sums may be kept, at least 1
     */
    ImageHistory(Image image, int room) {
        int most = image.countersSize() / Variant.counterSize(image.rawVersion());
        group = (most + room - 1) / room;
        now = new float[(most + group - 1) / group];
    }

    /** How many sums are kept of each moment. */
    int size() {
        return now.length;
    }

    /** Takes up what is counted at a moment. */
    void add(Snapshot snapshot, long nanos) {
        if (past.isEmpty()) {
            begin = nanos;
            lastNew = nanos;
        } else if (sampled - past.getLast().nanos() >= STEP) {
            past.add(new Past(sampled, FloatBuffer.wrap(now), total));
            now = new float[now.length];
            if (past.size() > KEPT) {
                past.remove();
            }
        }
        double before = total;
        int nonzeroBefore = counted.cardinality();
        boolean isNew = sum(snapshot);
        if (total < before || counted.cardinality() < nonzeroBefore) { // there was a reset
            past.clear();
            begin = nanos;
        }
        if (isNew || past.isEmpty()) {
            lastNew = nanos;
        }
        sampled = nanos;
        if (past.isEmpty()) {
            past.add(new Past(nanos, FloatBuffer.wrap(now.clone()), total));
        }
    }

    /** Whether a counter is not 0 that was. */
    private boolean sum(Snapshot snapshot) {
        Image image = snapshot.image();
        ByteBuffer section = snapshot.counters();
        int size = Variant.counterSize(image.rawVersion());
        int times = Variant.hasTimes(image.rawVersion()) ? Long.BYTES / size : 0;
        boolean isNew = false;
        Arrays.fill(now, 0);
        total = 0;
        functions = image.functions();
        counting = 0;
        counters = 0;
        for (int function = 0; function < image.functions(); function++) {
            int first = image.countersOffset(function) / size;
            int end = first + image.counters(function);
            boolean isCounting = false;
            for (int i = first + times; i < end; i++) {
                long count = size == Long.BYTES ? section.getLong(i * Long.BYTES) : section.get(i) == 0 ? 1 : 0;
                if (count == 0) {
                    counted.clear(i);
                } else {
                    isNew |= !counted.get(i);
                    counted.set(i);
                    isCounting = true;
                    now[i / group] += count;
                    total += count;
                }
            }
            counting += isCounting ? 1 : 0;
            counters += image.counters(function) - times;
        }
        return isNew;
    }

    int functions() {
        return functions;
    }

    /** How many functions have a counter that is not 0. */
    int counting() {
        return counting;
    }

    int counters() {
        return counters;
    }

    int nonzero() {
        return counted.cardinality();
    }

    double total() {
        return total;
    }

    /** When it began, or was reset last. */
    long begin() {
        return begin;
    }

    long lastNew() {
        return lastNew;
    }

    long sampled() {
        return sampled;
    }

    /** The moments of which counts are kept, the latest first. */
    long[] moments() {
        long[] moments = new long[past.size()];
        int i = past.size();
        for (Past then : past) {
            moments[--i] = then.nanos();
        }
        return moments;
    }

    /** What was counted in all at a moment, or before; 0 if the image was not there. */
    double total(long moment) {
        Past then = at(moment);
        return then == null ? 0 : then.total();
    }

    /**
     * The part that counts of now and of a moment have in common.
     *
     * @param all what all images have counted now
     * @param allThen the same at that moment
     */
    double common(long moment, double all, double allThen) {
        Past then = at(moment);
        double common = 0;
        for (int i = 0; then != null && i < now.length; i++) {
            common += Math.min(now[i] / all, then.sums().get(i) / allThen);
        }
        return common;
    }

    private Past at(long moment) {
        Past latest = null;
        for (Past then : past) {
            if (then.nanos() - moment <= 0) {
                latest = then;
            }
        }
        return latest;
    }
}
