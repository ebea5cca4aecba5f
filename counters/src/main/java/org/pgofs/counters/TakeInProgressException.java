package org.pgofs.counters;

import java.io.IOException;

/** Another {@link Take} is in progress; a store has one at a time. */
public final class TakeInProgressException extends IOException {
    private static final long serialVersionUID = 1;

    TakeInProgressException() {
        super("another take is in progress: wait until it is read to its end or closed");
    }
}
