package org.pgofs.counters;

import java.io.IOException;

/** A store has one {@link Take} at a time, and there is one. */
public final class TakeInProgressException extends IOException {
    private static final long serialVersionUID = 1;

    TakeInProgressException() {
        super("another take is in progress: wait until it is read to its end or closed");
    }
}
