package org.pgofs.profraw;

import com.google.errorprone.annotations.FormatMethod;
import java.io.IOException;

/** Bytes that are not a whole raw profile. The message says what is wrong and where. */
public final class MalformedProfileException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedProfileException(String reason) {
        super(reason);
    }

    /** Throws if the condition does not hold. */
    @FormatMethod
    static void require(boolean condition, String reason, Object... arguments) throws MalformedProfileException {
        if (!condition) {
            throw new MalformedProfileException("bad raw profile: " + String.format(reason, arguments));
        }
    }
}
