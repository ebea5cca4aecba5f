package org.pgofs.fleet.store;

import java.io.IOException;

/** A store does not answer, or not as it should: nothing is known of the object that was asked for. */
public final class StoreAwayException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * An exception.
     *
     * @param cause what the store said
     */
    public StoreAwayException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
