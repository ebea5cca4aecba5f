package org.pgofs.fleet.ship;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** When a shipper acts: not at the same moment as all others, and less and less often while the store fails. */
final class Pace {
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofMinutes(10);
    private static final int MOST_DOUBLINGS = 10;

    private final RandomGenerator random;

    Pace(RandomGenerator random) {
        this.random = random;
    }

    /** From one take to the next: nine to eleven tenths of what was asked for. */
    Duration period(Duration every) {
        return scaled(every, 0.9 + 0.2 * random.nextDouble());
    }

    /** After a number of failures in turn: half to all of a time that doubles each time, up to 10 minutes. */
    Duration retry(int failures) {
        Duration doubled = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
        return scaled(doubled.compareTo(LAST_RETRY) < 0 ? doubled : LAST_RETRY, 0.5 + 0.5 * random.nextDouble());
    }

    private static Duration scaled(Duration time, double factor) {
        return Duration.ofMillis(Math.round(time.toMillis() * factor));
    }
}
