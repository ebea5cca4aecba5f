package org.pgofs.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

final class PgofsTest {
    @Test
    void shouldSayWhatWentWrongAndNotInWhichClass() {
        IOException cause = new IOException("No space left on device");
        assertEquals("No space left on device", Pgofs.message(cause));
        assertEquals("No space left on device", Pgofs.message(new UncheckedIOException(cause)));
    }

    @Test
    void shouldNameTheClassWhereThatIsAllThereIsToSay() {
        assertEquals("java.lang.IllegalStateException: x", Pgofs.message(new IllegalStateException("x")));
    }
}
