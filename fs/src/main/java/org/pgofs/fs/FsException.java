package org.pgofs.fs;

import java.io.IOException;

/** An operation failed with an error number, which reaches the program that asked for it. */
public final class FsException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What the program is told. */
    private final Errno errno;

    /**
     * A failure that the operation itself found.
     *
     * @param errno what the program is told
     * @param message what the log is told
     */
    public FsException(Errno errno, String message) {
        super(message);
        this.errno = errno;
    }

    /**
     * A failure with a cause.
     *
     * @param errno what the program is told
     * @param message what the log is told
     * @param cause what went wrong
     */
    public FsException(Errno errno, String message, Throwable cause) {
        super(message, cause);
        this.errno = errno;
    }

    /**
     * The error number.
     *
     * @return what the program is told
     */
    public Errno errno() {
        return errno;
    }
}
