package org.pgofs.daemon.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;
import org.pgofs.profraw.ParsedFunction;
import org.pgofs.profraw.ParsedImage;
import org.pgofs.profraw.ParsedProfile;

/** What a history tells of counts that are known, at moments that are known. */
final class HistoryTest {
    private static final long RAW_VERSION = 8 | 1L << 56;

    private final AtomicLong clock = new AtomicLong(TimeUnit.SECONDS.toNanos(-20)); // passes 0, as that of Java may
    private final Histories histories = new Histories(null, clock::get, 1000);
    private final History history = histories.of(images -> images);
    private final Image image = image(4);
    private final Image other = image(2);

    private static Image image(int counters) {
        return image(RAW_VERSION, counters, function(0, counters));
    }

    private static ParsedFunction function(int first, int counters) {
        return new ParsedFunction(1, 2, first * Long.BYTES, counters, 0, 0, 0, 0, 0, List.of(0, 0));
    }

    private static Image image(long version, int counters, ParsedFunction... functions) {
        ByteBuffer none = ByteBuffer.allocate(0);
        return new ParsedImage(
                "image",
                new ParsedProfile(
                        version,
                        List.of(functions),
                        ByteBuffer.allocate(counters * Long.BYTES),
                        none,
                        none,
                        none,
                        none,
                        none,
                        new ValueCounts(),
                        0,
                        0,
                        0,
                        0));
    }

    private static Snapshot counts(Image image, long... counts) {
        ByteBuffer section = ByteBuffer.allocate(counts.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        section.asLongBuffer().put(counts);
        return new Snapshot(image, section, ByteBuffer.allocate(0), new ValueCounts(), Instant.EPOCH);
    }

    private Progress after(long seconds, Snapshot... snapshots) {
        clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        return history.add(List.of(snapshots), clock.get());
    }

    @Test
    void shouldTellWhenACounterBecameOtherThanZero() {
        Progress first = after(0, counts(image, 5, 0, 0, 0));
        assertEquals(List.of(4, 1), List.of(first.counters(), first.nonzero()));
        assertEquals(0, first.quietSeconds());
        assertEquals(7, after(7, counts(image, 6, 0, 0, 0)).quietSeconds());
        assertEquals(0, after(1, counts(image, 6, 0, 1, 0)).quietSeconds());
        Progress last = after(9, counts(image, 6, 0, 1000, 0));
        assertEquals(9, last.quietSeconds());
        assertEquals(17, last.seconds());
        assertEquals(2, last.nonzero());
        assertEquals(List.of(1, 1), List.of(last.functions(), last.counting()));
        Progress more = after(1, counts(image, 6, 0, 1000, 0), counts(other, 0, 0));
        assertEquals(List.of(2, 1), List.of(more.functions(), more.counting()));
    }

    @Test
    void shouldCompareWithTheProfileOfAMinuteAgo() {
        after(0, counts(image, 10, 0, 0, 0));
        List<Progress> all = new ArrayList<>();
        for (int second = 1; second <= 61; second++) {
            all.add(after(1, counts(image, 10, 0, 0, second < 10 ? 0 : 30)));
        }
        assertTrue(all.get(58).overlap(60).isEmpty());
        Progress.Overlap minute = all.get(60).overlap(60).orElseThrow();
        assertEquals(61, minute.seconds());
        assertEquals(25, minute.percent(), 0.001); // a quarter of now is where all was
        assertEquals(100, all.get(60).overlap(1).orElseThrow().percent(), 0.001);
        assertEquals(
                "nothing new for 51 s; 25.0 % overlap with one minute ago",
                all.get(60).text());

        for (int second = 1; second <= 3600; second++) {
            Progress later = after(1, counts(image, 10, 0, 0, 30));
            double age = later.overlap(60).orElseThrow().seconds();
            assertTrue(age >= 60 && age <= 72, () -> "compared with " + age + " s ago");
        }
    }

    /** Of a large image, and of one whose functions have a time in front of their counters. */
    @Test
    void shouldLookAtTheCountersOfFunctionsAlone() {
        long[] counts = new long[20000];
        Image large = image(RAW_VERSION, counts.length, function(0, 1), function(60, 100), function(8351, 1));
        counts[10] = 5; // neither is of a function
        counts[19999] = 5;
        counts[159] = 10;
        assertEquals(List.of(3, 1, 102, 1), numbers(after(0, counts(large, counts))));
        counts[8351] = 30;
        Progress both = after(1, counts(large, counts));
        assertEquals(List.of(3, 2, 102, 2), numbers(both));
        assertEquals(0, both.quietSeconds());
        assertEquals(25, both.overlap(1).orElseThrow().percent(), 0.001);

        Image timed = image(RAW_VERSION | Variant.TEMPORAL, 4, function(0, 2), function(2, 2));
        assertEquals(List.of(2, 1, 2, 1), numbers(after(1, counts(timed, 7, 0, 8, 3))));
    }

    private static List<Integer> numbers(Progress progress) {
        return List.of(progress.functions(), progress.counting(), progress.counters(), progress.nonzero());
    }

    @Test
    void shouldCompareAllImagesTogether() {
        after(0, counts(image, 10, 0, 0, 0));
        Progress both = after(5, counts(image, 10, 0, 0, 0), counts(other, 10, 20));
        assertEquals(25, both.overlap(5).orElseThrow().percent(), 0.001);
        assertEquals(List.of(6, 3), List.of(both.counters(), both.nonzero()));
        assertEquals(0, both.quietSeconds());
        assertEquals(5, histories.progress(image).orElseThrow().quietSeconds());
        assertEquals(2, after(1, counts(other, 10, 20)).nonzero());
    }

    @Test
    void shouldBeginAnewAfterAReset() {
        after(0, counts(image, 10, 10, 0, 0));
        assertEquals(30, after(30, counts(image, 10, 10, 0, 0)).quietSeconds());
        Progress reset = after(1, counts(image, 10, 0, 0, 0));
        assertEquals(0, reset.quietSeconds());
        assertEquals(List.of(), reset.overlaps());
        Progress fewer = after(1, counts(image, 9, 0, 0, 0));
        assertEquals(0, fewer.seconds());
        assertEquals("nothing counted yet", after(1, counts(image, 0, 0, 0, 0)).text());
    }

    @Test
    void shouldEndAMinuteAfterTheLastQuestion() {
        after(0, counts(image, 10, 0, 0, 0));
        clock.addAndGet(TimeUnit.SECONDS.toNanos(59));
        assertTrue(histories.progress(image).isPresent());
        clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertTrue(histories.progress(image).isEmpty());
        assertEquals(500, histories.room());
        assertEquals(0, after(0, counts(image, 11, 0, 0, 0)).quietSeconds());
    }

    /** An image for which there is no room is kept in fewer sums, and no counter is left out. */
    @Test
    void shouldKeepWithinItsRoom() {
        Image large = image(1600);
        long[] counts = new long[1600];
        counts[0] = 6;
        counts[1599] = 4;
        after(0, counts(large, counts));
        assertTrue(histories.room() >= 250, () -> "" + histories.room());
        counts[1599] = 12;
        Progress progress = after(1, counts(large, counts));
        assertEquals(2, progress.nonzero());
        assertEquals(
                100 * (6 / 18.0 + 4 / 10.0), progress.overlap(1).orElseThrow().percent(), 0.001);
        for (int i = 0; i < 30; i++) {
            List<Snapshot> many = new ArrayList<>();
            for (int j = 0; j <= i; j++) {
                many.add(counts(image(10), new long[10]));
            }
            after(1, many.toArray(Snapshot[]::new));
        }
        assertTrue(histories.room() >= 1);
    }
}
