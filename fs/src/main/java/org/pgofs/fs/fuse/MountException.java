package org.pgofs.fs.fuse;

import java.io.IOException;

/** A mount failed; the message is one line that says what to do. */
public final class MountException extends IOException {
    private static final long serialVersionUID = 1L;

    MountException(String message) {
        super(message);
    }

    MountException(String message, Throwable cause) {
        super(message, cause);
    }
}
