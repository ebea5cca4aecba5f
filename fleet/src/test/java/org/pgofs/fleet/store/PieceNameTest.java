package org.pgofs.fleet.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.format.Variant;

class PieceNameTest {
    private static final String BOOT = "0123456789abcdef0123456789abcdef";
    private static final ImageId IMAGE = new ImageId("nginx", "3f9a1c2be4d05f67");
    private static final Instant HOUR = Instant.parse("2026-11-30T16:00:00Z");

    private static PieceName piece(ImageId image, String host, long sequence) {
        return new PieceName(image, "ir", HOUR, host, BOOT, sequence);
    }

    @Test
    void shouldSayWhereAPieceLies() {
        PieceName piece = piece(IMAGE, "web-17.example", 42);

        assertEquals(
                "v1/nginx-3f9a1c2be4d05f67/ir/20261130T16/web-17.example-" + BOOT + "-0000000042.profraw.zst",
                piece.path());
        assertEquals(
                "v1/nginx-3f9a1c2be4d05f67/ir/20261130T16/web-17.example-" + BOOT + "-0000000042.json",
                piece.infoPath());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a-b-0123456789abcdef0123456789abcdef-0000000001", "-", "web_1"})
    void shouldReadTheNamesThatItMakes(String host) {
        for (String name : new String[] {"nginx", "..", "a b/c", "lib-x.so.1", "\u00e9", "100%", "-", "\n"}) {
            PieceName piece = piece(new ImageId(name, "0123abcd"), host, Long.MAX_VALUE);

            assertNotEquals('.', piece.image().key().charAt(0)); // no store lists it
            assertEquals(piece, PieceName.parse(piece.path()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v2/n-0123abcd/ir/20261130T16/h-" + BOOT + "-0000000001.profraw.zst",
                "v1/n-0123abcd/ir/20261130T16/h-" + BOOT + "-0000000001.profraw",
                "v1/n-0123abcd/ir/20261130T16/h-" + BOOT + "-1.profraw.zst",
                "v1/n-0123abcd/ir/20261130T16/h-" + BOOT + "-00000000001.profraw.zst",
                "v1/n-0123abcd/ir/20261130T16/h-" + BOOT + "-9999999999999999999.profraw.zst",
                "v1/n-0123abcd/ir/20261130T16/" + BOOT + "-0000000001.profraw.zst",
                "v1/n-0123abcd/ir/20261130T16/.h-" + BOOT + "-0000000001.profraw.zst",
                "v1/n-0123abcd/ir/20261330T16/h-" + BOOT + "-0000000001.profraw.zst",
                "v1/n-0123abcd/ir/20260230T16/h-" + BOOT + "-0000000001.profraw.zst",
                "v1/n-0123abcd/IR/20261130T16/h-" + BOOT + "-0000000001.profraw.zst",
                "v1/n-0123abcg/ir/20261130T16/h-" + BOOT + "-0000000001.profraw.zst",
                "v1/n%2f-0123abcd/ir/20261130T16/h-" + BOOT + "-0000000001.profraw.zst/",
                "v1/%6e-0123abcd/ir/20261130T16/h-" + BOOT + "-0000000001.profraw.zst",
                "v1/%zz-0123abcd/ir/20261130T16/h-" + BOOT + "-0000000001.profraw.zst",
                "v1/%-0123abcd/ir/20261130T16/h-" + BOOT + "-0000000001.profraw.zst",
                "v1/../ir/20261130T16/h-" + BOOT + "-0000000001.profraw.zst",
                ""
            })
    void shouldRefuseOtherNames(String path) {
        assertThrows(IllegalArgumentException.class, () -> PieceName.parse(path));
    }

    @Test
    void shouldNameVariants() {
        assertEquals("ir", PieceName.variant(Variant.IR | 10));
        assertEquals("csir", PieceName.variant(Variant.IR | Variant.CONTEXT_SENSITIVE | 10));
        assertEquals("coverage", PieceName.variant(10));
        assertEquals("coverage+single-byte", PieceName.variant(Variant.BYTE_COVERAGE | 10));
    }

    @Test
    void shouldRefuseHoursThatAreNoneOfTheClock() {
        assertThrows(IllegalArgumentException.class, () -> PieceName.parseHour("20261130T24"));
        assertThrows(
                IllegalArgumentException.class, () -> new PieceName(IMAGE, "ir", HOUR.plusSeconds(1), "h", BOOT, 1));
    }
}
