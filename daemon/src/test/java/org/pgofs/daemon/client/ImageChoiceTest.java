package org.pgofs.daemon.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ImageChoiceTest {
    private static final List<String> IMAGES = List.of("server-0123", "server-4567", "server-tool-89ab");

    @Test
    void shouldChooseByNameWithAndWithoutBuildId() throws IOException {
        assertEquals(IMAGES, new ImageChoice(null).among(IMAGES));
        assertEquals(List.of("server-4567"), new ImageChoice("server-4567").among(IMAGES));
        assertEquals(List.of("server-0123", "server-4567"), new ImageChoice("server").among(IMAGES));
        assertEquals(List.of("server-tool-89ab"), new ImageChoice("server-tool").among(IMAGES));
    }

    @Test
    void shouldSayWhichThereAre() {
        IOException other = assertThrows(IOException.class, () -> new ImageChoice("serve").among(IMAGES));
        assertEquals("there is no image serve, but server-0123, server-4567, server-tool-89ab", other.getMessage());
        IOException none = assertThrows(IOException.class, () -> new ImageChoice("serve").among(List.of()));
        assertEquals("there is no image serve: no instrumented program runs", none.getMessage());
    }
}
