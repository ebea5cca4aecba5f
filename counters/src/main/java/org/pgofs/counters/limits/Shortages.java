package org.pgofs.counters.limits;

import java.time.Instant;
import java.util.Optional;

/**
 * Remembers that a request failed for lack of memory: the caller gets an error, and without this nobody else would
 * know. Thread-safe.
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
     * Remembers an error, if it or its cause is a lack of memory. Takes no memory itself.
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
     * The shortages until now.
     *
     * @return empty if there was always enough memory
     */
    public synchronized Optional<Shortage> shortage() {
        return count == 0 ? Optional.empty() : Optional.of(new Shortage(count, Instant.ofEpochMilli(lastMs)));
    }
}
