package org.pgofs.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgofs.profraw.RawProfileSequence;

final class ProfileShapeTest {
    /** To list all of the store takes longer the more there are, and one image's file is read once for each. */
    @Test
    void shouldAskForNoImageThatIsNotInTheFile() throws IOException {
        ProfileShape empty = new ProfileShape(List.of(), new RawProfileSequence(List.of()), 0);
        assertEquals(List.of(), empty.selection().among(() -> {
            throw new IOException("asked for all");
        }));
    }
}
