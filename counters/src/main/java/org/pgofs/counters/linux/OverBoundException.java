package org.pgofs.counters;

import java.io.IOException;

/** Something cannot be taken up now, and may be later. The message says what is over which bound. */
final class OverBoundException extends IOException {
    private static final long serialVersionUID = 1;

    OverBoundException(String reason) {
        super(reason);
    }
}
