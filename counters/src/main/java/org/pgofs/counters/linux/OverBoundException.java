package org.pgofs.counters.linux;

import java.io.IOException;

/** A file cannot be taken up now, but may be later. The message names the bound, or another reason. */
public final class OverBoundException extends IOException {
    private static final long serialVersionUID = 1;

    public OverBoundException(String reason) {
        super(reason);
    }
}
