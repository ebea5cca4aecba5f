package org.pgofs.counters.linux;

import java.io.IOException;

/** Something cannot be taken up now, and may be later. The message says what is over which bound. */
public final class OverBoundException extends IOException {
    private static final long serialVersionUID = 1;

    public OverBoundException(String reason) {
        super(reason);
    }
}
