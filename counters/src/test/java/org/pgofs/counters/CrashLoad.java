package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.guest.TestGuest;
import org.pgofs.counters.image.StoredImage;

/**
 * What counts in {@link CrashTest}, and what a store should serve of it: programs with counters and values, which tell the
 * same numbers; a virtual machine; programs with byte counters and bitmaps, which tell the same marks, and with times.
 */
final class CrashLoad {
    static final String MACHINE = "vm";

    private static final long VALUE = 7;
    private static final long MACHINE_KEY = 0;
    /** More than the machine counts after it was started again. */
    private static final long FIRST_RUN = 1 << 20;

    private final Path segments;
    private final List<Counting> all = new ArrayList<>();
    /** By image, what was reset or taken of its counts. */
    private final Map<Long, Long> gone = new LinkedHashMap<>();

    private final Machine machine;
    private int nextMark;
    private final Set<Integer> marks = new HashSet<>();
    private final TreeSet<Long> times = new TreeSet<>();

    /** Starts nothing but the machine, which is not attached yet. */
    CrashLoad(Path segments, Path memory) throws IOException {
        this.segments = segments;
        machine = new Machine(memory);
        all.add(machine);
    }

    /** One that runs until it is ended. */
    abstract static class Counting {
        final long image;
        long counted;

        Counting(long image) {
            this.image = image;
        }

        abstract void count(long more) throws IOException;

        abstract boolean runs();

        abstract void end() throws IOException;

        /** The file that it leaves. */
        abstract Path path();
    }

    /** One counter and one value count the same. */
    private static final class Program extends Counting {
        private final TestTarget target;
        private long held;
        private long epoch;

        Program(Path segments, long image) throws IOException {
            super(image);
            target = TestTarget.start(segments, image);
        }

        @Override
        void count(long more) throws IOException {
            if (target.epoch() != epoch) {
                epoch = target.epoch();
                held = 0;
            }
            counted += more;
            held += more;
            target.set(counted, 0, 0);
            target.observe(1, VALUE, held);
        }

        @Override
        boolean runs() {
            return target.isOpen();
        }

        @Override
        void end() throws IOException {
            target.close();
        }

        @Override
        Path path() {
            return target.path();
        }
    }

    /** All counters of its kernel count the same. */
    final class Machine extends Counting {
        private final TestGuest guest;
        private long run = FIRST_RUN;

        Machine(Path memory) throws IOException {
            super(MACHINE_KEY);
            guest = TestGuest.start(memory).boot(3);
            guest.count(run);
            counted = run;
        }

        @Override
        void count(long more) throws IOException {
            counted += more;
            run += more;
            guest.count(run);
        }

        /** What it counted since it was looked at last is lost. */
        void startAgain() throws IOException {
            guest.boot(3);
            run = 0;
        }

        @Override
        boolean runs() {
            return guest.isOpen();
        }

        @Override
        void end() throws IOException {
            guest.close();
        }

        @Override
        Path path() {
            return segments.resolve(".state/sample-" + MACHINE + "-0");
        }
    }

    /** What counts in a program with marks. */
    private abstract static class Marking extends Counting {
        final MarkTarget target;

        Marking(long image, MarkTarget target) {
            super(image);
            this.target = target;
        }

        @Override
        boolean runs() {
            return target.isOpen();
        }

        @Override
        void end() throws IOException {
            target.close();
        }

        @Override
        Path path() {
            return target.path();
        }
    }

    /** Covers one more byte counter each time, and the bit of the same number. */
    private final class Covering extends Marking {
        Covering() throws IOException {
            super(MarkTarget.BYTES, new MarkTarget(segments, MarkTarget.BYTES, 32));
        }

        @Override
        void count(long more) throws IOException {
            int mark = nextMark++;
            target.put(mark, 0);
            target.putBits(mark / Byte.SIZE, target.bitmaps()[mark / Byte.SIZE] | 1 << (mark % Byte.SIZE));
            marks.add(mark);
        }
    }

    /** Counts in a counter, and notes the time of the first call. */
    private final class Timed extends Marking {
        Timed() throws IOException {
            super(MarkTarget.TIMES, new MarkTarget(segments, MarkTarget.TIMES));
        }

        @Override
        void count(long more) throws IOException {
            if (target.counters()[0] == 0) {
                int time = ++nextMark;
                target.put(0, time);
                times.add((long) time);
            }
            counted += more;
            for (int i = 0; i < Long.BYTES; i++) {
                target.put(Long.BYTES + i, (int) (counted >> (i * Byte.SIZE)));
            }
        }
    }

    Counting start(long image, long counts) throws IOException {
        Counting program = image == MarkTarget.BYTES
                ? new Covering()
                : image == MarkTarget.TIMES ? new Timed() : new Program(segments, image);
        all.add(program);
        program.count(counts);
        return program;
    }

    Machine machine() {
        return machine;
    }

    /** The first program that was started of an image. */
    Counting first(long image) {
        return all.stream().filter(one -> one.image == image).findFirst().orElseThrow();
    }

    /** The first of each image but the machine. */
    List<Counting> firsts() {
        return all.stream()
                .filter(one -> one != machine)
                .map(one -> one.image)
                .distinct()
                .map(this::first)
                .toList();
    }

    /** All that run count, each another number. */
    void count() throws IOException {
        long more = 10_000;
        for (Counting one : all) {
            if (one.runs()) {
                one.count(more++);
            }
        }
    }

    void end() throws IOException {
        for (Counting one : all) {
            one.end();
        }
    }

    boolean hasLeftFiles() {
        return all.stream().anyMatch(one -> Files.exists(one.path()));
    }

    /** What was counted until a moment. */
    record Until(Map<Long, Long> counts, Set<Integer> marks, Set<Long> times) {}

    Until untilNow() {
        Map<Long, Long> counts = new LinkedHashMap<>();
        all.forEach(one -> counts.merge(one.image, one.counted, Long::sum));
        counts.remove(MarkTarget.BYTES);
        return new Until(counts, Set.copyOf(marks), Set.copyOf(times));
    }

    /** What was counted until a moment was reset or taken. */
    void remove(Until until) {
        gone.putAll(until.counts);
        marks.removeAll(until.marks);
        times.removeAll(until.times);
    }

    /** What may happen to marks. */
    enum Marks {
        /** They are as exact as counts. */
        EXACT,
        /** Those that were set while no daemon ran may be gone, if a reset was done. */
        SOME_GONE,
        /** A segment could not be written to, and that was said: what it covered counts on. */
        SOME_LEFT
    }

    /**
     * Checks that a store serves what it should, or what it would after a reset.
     *
     * @param reset what was counted when the reset may have been done, or null if there was none
     * @param exactness of marks
     * @return whether it was done
     */
    boolean check(CounterStore store, Until reset, Marks exactness) throws IOException {
        Map<Long, Long> counters = new LinkedHashMap<>();
        Map<Long, Long> values = new LinkedHashMap<>();
        Map<Long, Snapshot> snapshots = new LinkedHashMap<>();
        for (Snapshot snapshot : store.freeze(images -> images)) {
            long image =
                    Long.reverseBytes(((StoredImage) snapshot.image()).file().getLong(ImageLayout.KEY));
            snapshots.put(image, snapshot);
            if (image != MarkTarget.BYTES) {
                counters.put(image, snapshot.counters().getLong(image == MarkTarget.TIMES ? Long.BYTES : 0));
            }
            if (image != MarkTarget.BYTES && image != MarkTarget.TIMES && image != MACHINE_KEY) {
                values.put(image, snapshot.values().at(1).getOrDefault(VALUE, 0L));
            }
        }
        assertTrue(counters.entrySet().containsAll(values.entrySet()), () -> counters + " and " + values);
        boolean isReset = reset != null && counters.equals(without(reset.counts));
        if (!isReset) {
            CounterStoreStatus status = store.status();
            assertEquals(
                    without(gone),
                    counters,
                    () -> "not there: " + status.unidentified() + ", " + status.dropped() + status.overBounds());
        }
        checkMarks(snapshots.get(MarkTarget.BYTES), isReset ? reset.marks : Set.of(), isReset, exactness);
        checkTime(snapshots.get(MarkTarget.TIMES), isReset ? reset.times : Set.of(), isReset, exactness);
        return isReset;
    }

    private Map<Long, Long> without(Map<Long, Long> less) {
        Map<Long, Long> counts = new LinkedHashMap<>();
        untilNow().counts.forEach((image, count) -> counts.put(image, count - less.getOrDefault(image, 0L)));
        return counts;
    }

    private void checkMarks(Snapshot snapshot, Set<Integer> less, boolean isReset, Marks exactness) {
        Set<Integer> covered = new HashSet<>();
        Set<Integer> bits = new HashSet<>();
        for (int mark = 0; mark < nextMark; mark++) {
            if (snapshot.counters().get(mark) == 0) {
                covered.add(mark);
            }
            if ((snapshot.bitmaps().get(mark / Byte.SIZE) & 1 << (mark % Byte.SIZE)) != 0) {
                bits.add(mark);
            }
        }
        Set<Integer> expected = new HashSet<>(marks);
        expected.removeAll(less);
        if (isReset && exactness == Marks.SOME_GONE) {
            assertTrue(expected.containsAll(covered), () -> covered + " of " + expected);
            assertEquals(covered, bits);
            marks.retainAll(covered);
        } else if (isReset && exactness == Marks.SOME_LEFT) {
            assertTrue(covered.containsAll(expected), () -> covered + " of " + expected);
            assertTrue(bits.containsAll(expected), () -> bits + " of " + expected);
        } else {
            assertEquals(expected, covered);
            assertEquals(expected, bits);
        }
    }

    private void checkTime(Snapshot snapshot, Set<Long> less, boolean isReset, Marks exactness) {
        long time = snapshot.counters().getLong(0);
        TreeSet<Long> expected = new TreeSet<>(times);
        expected.removeAll(less);
        if (isReset && exactness == Marks.SOME_GONE) {
            assertTrue(time == 0 || expected.contains(time), () -> time + " of " + expected);
            times.retainAll(Set.of(time));
        } else if (isReset && exactness == Marks.SOME_LEFT) {
            assertTrue(time == 0 || times.contains(time), () -> time + " of " + times);
        } else {
            assertEquals(expected.isEmpty() ? 0 : expected.first(), time);
        }
    }
}
