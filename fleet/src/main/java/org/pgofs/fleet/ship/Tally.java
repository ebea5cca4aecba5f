package org.pgofs.fleet.ship;

import java.time.Clock;
import java.time.Instant;

/** What a shipper has done since it started. Used by one thread. */
final class Tally {
    private final Clock clock;
    private long pieces;
    private long bytes;
    private long failures;
    private long lastTake;
    private String lastObject;
    private Instant sentAt;

    Tally(Clock clock) {
        this.clock = clock;
    }

    void took(long number) {
        lastTake = number;
    }

    void sent(String object, long size) {
        pieces++;
        bytes += size;
        lastObject = object;
        sentAt = clock.instant();
    }

    void failed() {
        failures++;
    }

    long pieces() {
        return pieces;
    }

    long bytes() {
        return bytes;
    }

    long failures() {
        return failures;
    }

    /** The number of the last take, 0 if there was none. */
    long lastTake() {
        return lastTake;
    }

    /** Null if nothing was sent. */
    String lastObject() {
        return lastObject;
    }

    /** Null if nothing was sent. */
    Instant sentAt() {
        return sentAt;
    }
}
