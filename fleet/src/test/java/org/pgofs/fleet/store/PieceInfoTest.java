package org.pgofs.fleet.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.format.Variant;

class PieceInfoTest {
    private static final PieceInfo INFO = new PieceInfo(
            "web-1",
            Instant.parse("2026-11-30T16:00:00Z"),
            Instant.parse("2026-11-30T16:10:00.5Z"),
            3,
            Long.MAX_VALUE,
            Variant.TEMPORAL | Variant.IR | 10,
            4096,
            List.of("one segment waits"),
            Map.of("zone", "b", "canary", "yes"));

    @Test
    void shouldReadWhatItWrites() throws IOException {
        PieceInfo read = PieceInfo.parse(INFO.toJson());

        assertEquals(INFO, read);
        assertEquals(Variant.TEMPORAL | Variant.IR | 10, read.version());
    }

    @Test
    void shouldPassOverFieldsThatItDoesNotKnow() throws IOException {
        assertEquals(INFO, PieceInfo.parse(INFO.toJson().replaceFirst("\\{", "{\"new\": [{}, 1.5, null, true],")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"host", "from", "to", "processes", "total", "raw_version", "raw_size", "attention", "labels"})
    void shouldNameAFieldThatIsMissing(String field) {
        String json = INFO.toJson().replace("\"" + field + "\"", "\"other\"");

        IOException e = assertThrows(IOException.class, () -> PieceInfo.parse(json));
        assertTrue(e.getMessage().endsWith("bad " + field), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "null",
                "{",
                "{\"host\": \"a\", \"from\": \"yesterday\"}",
                "{\"host\": 1}",
                "{\"host\": 99999999999999999999}"
            })
    void shouldRefuseOtherTexts(String text) {
        assertThrows(IOException.class, () -> PieceInfo.parse(text));
    }

    @Test
    void shouldRefuseNumbersBelowZero() {
        assertThrows(IOException.class, () -> PieceInfo.parse(INFO.toJson().replace("4096", "-4096")));
    }

    @Test
    void shouldRefuseDeepNesting() {
        assertThrows(IOException.class, () -> PieceInfo.parse("{\"a\":" + "[".repeat(100_000)));
    }
}
