package org.pgofs.daemon.top;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.LongBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgofs.daemon.history.Progress;

final class ViewTest {
    private static final long SECOND = 1_000_000_000;
    private static final Progress NONE = new Progress(0, 0, 0, 0, 0, 0, List.of());

    private final Growth growth = new Growth();

    private static FunctionCounts function(String name, long... counters) {
        return new FunctionCounts("image", name, name.hashCode(), 0, LongBuffer.wrap(counters));
    }

    private Reading reading(long seconds, FunctionCounts... functions) {
        Reading reading = new Reading("/mnt", seconds * SECOND, 1, 2, NONE, List.of(functions));
        growth.add(reading);
        return reading;
    }

    @Test
    void shouldOrderByWhatIsCountedNow() {
        Reading before = reading(10, function("old", 1000), function("hot", 10, 10), function("never", 0));
        View view = View.of(
                before,
                reading(12, function("old", 1000), function("hot", 20, 60), function("never", 0)),
                growth,
                View.Order.RATE);

        assertEquals(
                List.of("hot", "old"),
                view.rows().stream().map(row -> row.function().name()).toList());
        View.Row hot = view.rows().get(0);
        assertEquals(30, hot.rate());
        assertEquals(80, hot.count());
        assertEquals(100, hot.share());
        assertEquals(0, view.rows().get(1).share());
        assertEquals(100, view.rows().get(1).cumulated());
        assertEquals(30, view.countsPerSecond());
        assertEquals("2/3", view.counting() + "/" + view.functions());
        assertEquals(-1, view.quietSeconds());
    }

    @Test
    void shouldOrderByWhatWasCounted() {
        Reading before = reading(10, function("old", 1000), function("hot", 10));
        View view = View.of(before, reading(11, function("old", 1000), function("hot", 250)), growth, View.Order.COUNT);

        View.Row old = view.rows().get(0);
        assertEquals("old", old.function().name());
        assertEquals(80, old.share());
        assertEquals(80, old.cumulated());
        assertEquals(20, view.rows().get(1).share());
        assertEquals(100, view.rows().get(1).cumulated());
    }

    @Test
    void shouldTellHowFewFunctionsMakeNearlyAllCounts() {
        Reading before = reading(1, function("a", 1), function("b", 1), function("c", 1));
        assertEquals(
                1, View.of(before, most(9900, 50, 50), growth, View.Order.RATE).most());
        assertEquals(
                2, View.of(before, most(50, 50, 9899), growth, View.Order.RATE).most());
    }

    private Reading most(long a, long b, long c) {
        return reading(2, function("a", a), function("b", b), function("c", c));
    }

    @Test
    void shouldCountFromZeroAfterAReset() {
        Reading before = reading(10, function("f", 1000));
        View view = View.of(before, reading(12, function("f", 8)), growth, View.Order.RATE);
        assertEquals(4, view.rows().get(0).rate());
    }

    @Test
    void shouldTellWhenAFunctionBeganToCount() {
        reading(10, function("f", 1), function("g", 0));
        reading(11, function("f", 2), function("g", 1));
        Reading before = reading(12, function("f", 3), function("g", 1));
        View view = View.of(before, reading(15, function("f", 4), function("g", 2)), growth, View.Order.RATE);
        assertEquals(4, view.quietSeconds());
        assertTrue(TopText.of(view).contains("the last new function was seen 4 s ago"));

        reading(16, function("f", 0), function("g", 0)); // a reset
        View anew = View.of(before, reading(17, function("f", 1), function("g", 0)), growth, View.Order.RATE);
        assertEquals(0, anew.quietSeconds());
    }

    @Test
    void shouldQuoteWhatHasCommas() {
        Reading before = reading(10, function("f(int, \"a\")", 1));
        View view = View.of(before, reading(11, function("f(int, \"a\")", 2)), growth, View.Order.RATE);
        assertEquals("1.000,2,100.000,100.000,image,\"f(int, \"\"a\"\")\"\n", TopText.csv(view));
    }
}
