package org.pgofs.counters.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChildTest {
    private static final long LONG_NS = TimeUnit.MINUTES.toNanos(2);

    private static ByteBuffer direct(int... content) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(content.length);
        for (int one : content) {
            bytes.put((byte) one);
        }
        return bytes.flip();
    }

    /** On a slow machine, whoever asks may be late when the answer is there. */
    @Test
    void shouldReceiveWhatIsThereWithoutPatience() throws IOException {
        try (Child echo = Child.start(Path.of("/bin/cat"))) {
            echo.send(direct(1, 2));
            ByteBuffer answer = ByteBuffer.allocateDirect(1);
            long left = echo.receive(answer, LONG_NS);
            assertEquals(1, answer.get(0));
            assertTrue(left > 0 && left < LONG_NS, () -> Long.toString(left));

            echo.receive(answer.clear(), 0);
            assertEquals(2, answer.get(0));

            assertThrows(Child.SilentException.class, () -> echo.receive(answer.clear(), 0));
            assertThrows(Child.SilentException.class, () -> echo.receive(answer.clear(), 1_000_000));
        }
    }

    @Test
    void shouldSayThatItHasEnded() throws IOException {
        try (Child silent = Child.start(Path.of("/bin/true"))) {
            IOException refusal =
                    assertThrows(IOException.class, () -> silent.receive(ByteBuffer.allocateDirect(1), LONG_NS));
            assertEquals("the child has ended", refusal.getMessage());
        }
    }
}
