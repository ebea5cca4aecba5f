package org.pgofs.fleet.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Duration EVERY = Duration.ofMinutes(10);

    private static Pace withLuck(double luck) {
        return new Pace(new RandomGenerator() {
            @Override
            public long nextLong() {
                return 0;
            }

            @Override
            public double nextDouble() {
                return luck;
            }
        });
    }

    @Test
    void shouldTakeAboutAsOftenAsWasAskedFor() {
        assertEquals(Duration.ofMinutes(9), withLuck(0).period(EVERY));
        assertEquals(Duration.ofMinutes(11), withLuck(1).period(EVERY));
    }

    @Test
    void shouldTryLessAndLessOftenUpToABound() {
        long[] seconds = LongStream.of(1, 2, 3, 4, 9, 10, 11, 100, Integer.MAX_VALUE)
                .map(failures -> withLuck(1).retry((int) failures).toSeconds())
                .toArray();
        assertEquals("1 2 4 8 256 512 600 600 600", text(seconds));
        assertEquals(Duration.ofMillis(500), withLuck(0).retry(1));
        assertEquals(Duration.ofMinutes(5), withLuck(0).retry(1000));
    }

    private static String text(long[] numbers) {
        return String.join(" ", LongStream.of(numbers).mapToObj(Long::toString).toList());
    }

    @Test
    void shouldNotBringAllMachinesAtOnce() {
        Pace pace = new Pace(new Random(1));
        assertTrue(LongStream.range(0, 100)
                        .map(i -> pace.period(EVERY).toMillis())
                        .distinct()
                        .count()
                > 90);
    }
}
