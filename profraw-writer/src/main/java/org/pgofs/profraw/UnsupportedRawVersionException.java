package org.pgofs.profraw;

import java.util.Collection;

/** A version of the raw profile format that cannot be written. */
public final class UnsupportedRawVersionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The number of the version. */
    private final int number;

    UnsupportedRawVersionException(int number, Collection<Integer> supported) {
        super("raw profile version " + number + " is not supported (supported are " + supported + ")");
        this.number = number;
    }

    /**
     * The version that was asked for.
     *
     * @return its number, without variant bits
     */
    public int number() {
        return number;
    }
}
