package org.pgofs.fleet.store;

import java.io.IOException;

/** Something has the name of an object, and cannot be what is looked for: it is too large, or no file. */
public final class UnusableObjectException extends IOException {
    private static final long serialVersionUID = 1;

    UnusableObjectException(String message) {
        super(message);
    }
}
