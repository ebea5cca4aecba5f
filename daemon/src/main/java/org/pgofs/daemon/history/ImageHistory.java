package org.pgofs.daemon.history;

import java.nio.ByteBuffer;
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

    /** Counters that are looked at together. */
    private static final int PIECE = 1 << 13;

    private final int group;
    private final Deque<Past> past = new ArrayDeque<>();
    /** A bit for each counter: those of functions, without the times that some have. */
    private final long[] counts;
    /** Those that are not 0. */
    private final long[] counted;

    private final int functions;
    private final int counters;
    private final long[] piece;
    private float[] now;
    private double total;
    private int counting;
    private long begin;
    private long sampled;
    private long lastNew;

    /** What was counted at an earlier moment. */
    private static final class Past {
        private final long nanos;
        private final float[] sums;
        private final double total;

        Past(long nanos, float[] sums, double total) {
            this.nanos = nanos;
            this.sums = sums;
            this.total = total;
        }
    }

    /**
     * Of an image.
     *
     * @param room how many sums may be kept, at least 1
     */
    ImageHistory(Image image, int room) {
        int size = Variant.counterSize(image.rawVersion());
        int most = image.countersSize() / size;
        group = (most + room - 1) / room;
        now = new float[(most + group - 1) / group];
        piece = new long[Math.min(PIECE, most)];
        int times = Variant.hasTimes(image.rawVersion()) ? Long.BYTES / size : 0;
        BitSet ofFunctions = new BitSet();
        int all = 0;
        for (int function = 0; function < image.functions(); function++) {
            int first = image.countersOffset(function) / size + times;
            int own = image.counters(function) - times;
            ofFunctions.set(first, first + Math.max(0, own));
            all += own;
        }
        counts = Arrays.copyOf(ofFunctions.toLongArray(), words(most));
        counted = new long[words(most)];
        functions = image.functions();
        counters = all;
    }

    private static int words(int bits) {
        return (bits + Long.SIZE - 1) / Long.SIZE;
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
        } else if (sampled - past.getLast().nanos >= STEP) {
            past.add(new Past(sampled, now, total));
            now = new float[now.length];
            if (past.size() > KEPT) {
                past.remove();
            }
        }
        double before = total;
        int nonzeroBefore = nonzero();
        boolean isNew = sum(snapshot);
        if (total < before || nonzero() < nonzeroBefore) { // there was a reset
            past.clear();
            begin = nanos;
        }
        if (isNew || past.isEmpty()) {
            lastNew = nanos;
        }
        sampled = nanos;
        if (past.isEmpty()) {
            past.add(new Past(nanos, now.clone(), total));
        }
    }

    /** Whether a counter is not 0 that was. Simple loops over arrays: most of the time they are not compiled. */
    private boolean sum(Snapshot snapshot) {
        boolean isNew = false;
        Arrays.fill(now, 0);
        total = 0;
        int most = snapshot.counters().limit()
                / Variant.counterSize(snapshot.image().rawVersion());
        for (int at = 0; at < most; at += piece.length) {
            int length = Math.min(piece.length, most - at);
            read(snapshot, at, length);
            for (int i = 0; i < length; i += Long.SIZE) {
                isNew |= sumWord(at + i, i, Math.min(Long.SIZE, length - i));
            }
        }
        counting = 0;
        Image image = snapshot.image();
        int size = Variant.counterSize(image.rawVersion());
        for (int function = 0; function < image.functions(); function++) {
            int first = image.countersOffset(function) / size;
            counting += isCounting(first, first + image.counters(function)) ? 1 : 0;
        }
        return isNew;
    }

    private void read(Snapshot snapshot, int first, int length) {
        ByteBuffer section = snapshot.counters();
        if (Variant.counterSize(snapshot.image().rawVersion()) == Long.BYTES) {
            section.asLongBuffer().get(first, piece, 0, length);
        } else {
            for (int i = 0; i < length; i++) {
                piece[i] = section.get(first + i) == 0 ? 1 : 0;
            }
        }
    }

    /** The same for up to 64 counters, from one on whose number is a multiple of 64. */
    private boolean sumWord(int first, int begin, int length) {
        long bits = 0;
        for (int i = 0; i < length; i++) {
            if (piece[begin + i] != 0) {
                bits |= 1L << i;
            }
        }
        int word = first / Long.SIZE;
        bits &= counts[word];
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            long count = piece[begin + i];
            now[(first + i) / group] += count;
            total += count;
        }
        boolean isNew = (bits & ~counted[word]) != 0;
        counted[word] = bits;
        return isNew;
    }

    private boolean isCounting(int first, int end) {
        for (int at = first; at < end; at = (at / Long.SIZE + 1) * Long.SIZE) {
            long from = counted[at / Long.SIZE] >>> at;
            if (from != 0) {
                return at + Long.numberOfTrailingZeros(from) < end;
            }
        }
        return false;
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
        int nonzero = 0;
        for (long word : counted) {
            nonzero += Long.bitCount(word);
        }
        return nonzero;
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
            moments[--i] = then.nanos;
        }
        return moments;
    }

    /** What was counted in all at a moment, or before; 0 if the image was not there. */
    double total(long moment) {
        Past then = at(moment);
        return then == null ? 0 : then.total;
    }

    /**
     * The part that counts of now and of a moment have in common.
     *
     * @param all what all images have counted now
     * @param allThen the same at that moment
     */
    double common(long moment, double all, double allThen) {
        Past then = at(moment);
        return then == null ? 0 : common(now, 1 / all, then.sums, 1 / allThen);
    }

    private static double common(float[] some, double share, float[] others, double otherShare) {
        double common = 0;
        for (int i = 0; i < some.length; i++) {
            float count = some[i];
            if (count != 0) {
                common += Math.min(count * share, others[i] * otherShare);
            }
        }
        return common;
    }

    private Past at(long moment) {
        Past latest = null;
        for (Past then : past) {
            if (then.nanos - moment <= 0) {
                latest = then;
            }
        }
        return latest;
    }
}
