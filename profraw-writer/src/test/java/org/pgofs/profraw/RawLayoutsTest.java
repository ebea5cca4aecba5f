package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.format.Variant;

class RawLayoutsTest {
    private static final long LOOP_ENTRIES = 1L << 55;
    private static final long UNKNOWN = 1L << 40;

    @ParameterizedTest
    @CsvSource({"5, 80, 48", "7, 88, 48", "8, 88, 48", "9, 112, 64", "10, 128, 64", "11, 152, 72"})
    void shouldHaveTheSizesOfTheVersion(int number, int header, int record) {
        RawLayout layout = RawLayouts.of(number);

        assertEquals(number, layout.version());
        assertEquals(header, layout.headerSize());
        assertEquals(record, layout.recordSize());
        assertEquals(number >= 10 ? 3 : 2, layout.valueKinds());
    }

    @ParameterizedTest
    @CsvSource({"5, 5, 5", "5, 7, 7", "6, 6, 7", "8, 5, 8", "8, 7, 8", "9, 8, 9", "10, 8, 10", "8, 11, 11", "1, 2, 5"})
    void shouldChooseTheHighestVersion(int one, int other, int highest) {
        assertEquals(
                highest,
                RawLayouts.highest(List.of(image(one), image(other), image(one)))
                        .version());
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "6, 7", "7, 7", "9, 9", "11, 11"})
    void shouldChooseTheVersionWanted(int wanted, int chosen) {
        assertEquals(
                chosen, RawLayouts.atLeast(wanted, List.of(image(8), image(10))).version());
        assertEquals(chosen, RawLayouts.atLeast(wanted, List.of()).version());
    }

    /** Readers of version 7 would take single bytes for counters of 8 bytes. */
    @Test
    void shouldNotGoBelowTheVersionThatKnowsTheVariant() {
        List<TestImage> coverage = List.of(image(9), image(9 | Variant.BYTE_COVERAGE));
        List<TestImage> loops = List.of(image(10 | LOOP_ENTRIES));

        assertEquals(8, RawLayouts.atLeast(5, coverage).version());
        assertEquals(9, RawLayouts.atLeast(9, coverage).version());
        assertEquals(10, RawLayouts.atLeast(8, loops).version());
        assertEquals(5, RawLayouts.atLeast(5, List.of(image(8 | 7L << 56))).version());
    }

    @Test
    void shouldRefuseWhatNoVersionHolds() {
        assertTrue(RawLayouts.canWrite(image(11)));
        assertFalse(RawLayouts.canWrite(image(12)));
        assertFalse(RawLayouts.canWrite(image(8 | UNKNOWN)));
        assertThrows(UnsupportedRawVersionException.class, () -> RawLayouts.highest(List.of(image(8), image(12))));
        UnsupportedRawVersionException e = assertThrows(
                UnsupportedRawVersionException.class, () -> RawLayouts.highest(List.of(image(8 | UNKNOWN))));
        assertEquals(
                "raw profile version 8 with variant bits 0x10000000000 is not supported (supported are"
                        + " [5, 7, 8, 9, 10, 11])",
                e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> RawLayouts.highest(List.of()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 6, 99})
    void shouldSayWhichVersionsItSupports(int number) {
        UnsupportedRawVersionException e =
                assertThrows(UnsupportedRawVersionException.class, () -> RawLayouts.of(number));

        assertEquals(number, e.version());
        assertTrue(e.getMessage().contains("[5, 7, 8, 9, 10, 11]"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "5, binary ids;bitmaps;vtables;vtable values",
        "7, bitmaps;vtables;vtable values",
        "8, bitmaps;vtables;vtable values",
        "9, vtables;vtable values",
        "10, ''",
        "11, ''",
    })
    void shouldSayWhatItLeavesOut(int number, String parts) {
        TestImage full = TestImage.of("full", 10)
                .function("one", 1, List.of(0, 0, 1), new byte[1], 5)
                .build(new byte[16], new byte[24], new byte[0]);

        assertEquals(parts, String.join(";", RawLayouts.of(number).leavesOut(full)));
        assertEquals(List.of(), RawLayouts.of(number).leavesOut(image(10)));
    }

    private static TestImage image(long rawVersion) {
        return TestImage.of("image", rawVersion).function("one", 1, 5).build();
    }
}
