package org.pgofs.daemon.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ImageFilterTest {
    private static final List<String> IMAGES =
            List.of("server-0123", "server-4567", "server-tool-89ab", "tool-01234567-2");

    @Test
    void shouldChooseByNameWithAndWithoutBuildId() throws IOException {
        assertEquals(IMAGES, new ImageFilter(null).among(IMAGES));
        assertEquals(List.of("server-4567"), new ImageFilter("server-4567").among(IMAGES));
        assertEquals(List.of("server-0123", "server-4567"), new ImageFilter("server").among(IMAGES));
        assertEquals(List.of("server-tool-89ab"), new ImageFilter("server-tool").among(IMAGES));
        assertEquals(
                List.of("tool-01234567-2"), new ImageFilter("tool").among(IMAGES), "with a number behind its build id");
    }

    @Test
    void shouldSayWhichThereAre() {
        IOException other = assertThrows(IOException.class, () -> new ImageFilter("serve").among(IMAGES));
        assertEquals(
                "there is no image serve, but server-0123, server-4567, server-tool-89ab, tool-01234567-2",
                other.getMessage());
        IOException none = assertThrows(IOException.class, () -> new ImageFilter("serve").among(List.of()));
        assertEquals("there is no image serve: no instrumented program runs", none.getMessage());
    }
}
