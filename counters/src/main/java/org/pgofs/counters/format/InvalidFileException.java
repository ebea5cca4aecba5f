package org.pgofs.counters.format;

import com.google.errorprone.annotations.FormatMethod;

/** A file in the segment directory is not what its name promises. The message says what is wrong with it. */
public final class InvalidFileException extends Exception {
    private static final long serialVersionUID = 1;

    public InvalidFileException(String reason) {
        super(reason);
    }

    /** Throws if the condition does not hold. */
    @FormatMethod
    public static void require(boolean condition, String reason, Object... arguments) throws InvalidFileException {
        if (!condition) {
            throw new InvalidFileException(String.format(reason, arguments));
        }
    }
}
