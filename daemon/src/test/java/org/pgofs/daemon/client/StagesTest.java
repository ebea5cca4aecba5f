package org.pgofs.daemon.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class StagesTest {
    private final CountDownLatch shown = new CountDownLatch(1);
    private final StringWriter text = new StringWriter();
    private final PrintWriter err = new PrintWriter(text) {
        @Override
        public void println(String line) {
            super.println(line);
            shown.countDown();
        }
    };

    @Test
    void shouldSayWhatTakesLong() throws InterruptedException {
        try (Stages stages = new Stages(err, 1)) {
            stages.at("writing");
            stages.start();
            assertTrue(shown.await(3, TimeUnit.MINUTES));
        }
        assertTrue(text.toString().startsWith("pgofs: writing, "), text::toString);
    }

    @Test
    void shouldSayNothingOfWhatDoesNot() {
        try (Stages stages = new Stages(err, TimeUnit.DAYS.toMillis(1))) {
            stages.at("reading");
            stages.start();
        }
        assertEquals("", text.toString());
    }
}
