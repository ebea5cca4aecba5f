package org.pgofs.counters.limits;

import java.time.Instant;
import java.util.Optional;

/**
 * Remembers that there was not enough memory for something: whoever wanted it gets an error, and nobody else would know.
 * Thread-safe.
 */
public final class Shortages {
    private long count;
    private long lastMs;

    Shortages() {}

    /**
     * How often there was not enough memory.
     *
     * @param count since the start, more than 0
     * @param last when it was
     */
    public record Shortage(long count, Instant last) {}

    /**
     * Remembers an error, if it or what caused it is a lack of memory. Takes no memory itself.
     *
     * @param error of any kind
     */
    public synchronized void note(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                count++;
                lastMs = System.currentTimeMillis();
                return;
            }
        }
    }

    /**
     * What there was.
     *
     * @return nothing if there was always enough
     */
    public synchronized Optional<Shortage> shortage() {
        return count == 0 ? Optional.empty() : Optional.of(new Shortage(count, Instant.ofEpochMilli(lastMs)));
    }
}
