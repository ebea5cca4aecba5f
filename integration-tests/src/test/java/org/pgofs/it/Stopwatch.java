package org.pgofs.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How long the parts of a long test take, for whoever reads its output. */
final class Stopwatch {
    private static final double NANOS = 1e9;

    private final String title;
    private final List<String> laps = new ArrayList<>();
    private final long start = System.nanoTime();
    private long last = start;

    Stopwatch(String title) {
        this.title = title;
    }

    /** A part has ended. */
    void lap(String part) {
        long now = System.nanoTime();
        laps.add(String.format(Locale.ROOT, "%s %.1f s", part, (now - last) / NANOS));
        last = now;
    }

    void print() {
        System.out.printf(
                Locale.ROOT,
                "%s %s; %.1f s in all%n",
                title,
                String.join(", ", laps),
                (System.nanoTime() - start) / NANOS);
    }
}
