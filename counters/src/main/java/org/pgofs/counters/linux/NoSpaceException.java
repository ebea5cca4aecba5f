package org.pgofs.counters.linux;

import java.io.IOException;

/** The tmpfs of the segment directory is full. */
public final class NoSpaceException extends IOException {
    private static final long serialVersionUID = 1;

    NoSpaceException(String what) {
        super(what + ": no space left on the segment directory's tmpfs");
    }
}
