package org.pgofs.profdata.read;

import com.google.errorprone.annotations.FormatMethod;
import java.io.IOException;

/** Bytes that are no indexed profile that can be read. The message says what is wrong and where. */
public final class MalformedIndexedException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedIndexedException(String reason) {
        super(reason);
    }

    /** Throws if the condition does not hold. */
    @FormatMethod
    static void require(boolean condition, String reason, Object... arguments) throws MalformedIndexedException {
        if (!condition) {
            throw new MalformedIndexedException("bad indexed profile: " + String.format(reason, arguments));
        }
    }
}
