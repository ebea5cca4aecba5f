package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.Variant;

class RawProfileTest {
    private static final List<Integer> SITES = List.of(1, 9, 2);

    @ParameterizedTest
    @CsvSource({"8, 88, 48", "10, 128, 64"})
    void shouldPlaceHeaderAndRecords(int number, int header, int record) {
        TestImage image = twoFunctions(number);
        ByteBuffer file = TestFiles.bytes(image, number);

        assertEquals(0xff6c_7072_6f66_7281L, file.getLong(0));
        assertEquals(number | Variant.IR, file.getLong(8));
        assertEquals(image.nameRef(0), file.getLong(header));
        assertEquals(image.nameRef(1), file.getLong(header + record));
        assertEquals(5, file.getLong(header + 2 * record));
    }

    @Test
    void shouldPlaceFieldsOfVersion8() {
        ByteBuffer file = TestFiles.bytes(twoFunctions(8), 8);

        assertEquals(2, file.getLong(24)); // records
        assertEquals(3, file.getLong(40)); // counters
        assertEquals(0, file.getLong(48)); // padding
        assertEquals(2 * 48, file.getLong(64)); // counters delta
        assertEquals(1, file.getLong(80)); // last value kind
        int second = 88 + 48;
        assertEquals(22, file.getLong(second + 8));
        assertEquals(2 * 48 - 48 + 8, file.getLong(second + 16)); // counters behind one counter, from its record
        assertEquals(0x1010, file.getLong(second + 24));
        assertEquals(2, file.getInt(second + 40));
        assertEquals(1, file.getShort(second + 44));
        assertEquals(9, file.getShort(second + 46));
    }

    @Test
    void shouldPlaceFieldsOfVersion10() {
        ByteBuffer file = TestFiles.bytes(twoFunctions(10), 10);

        assertEquals(5, file.getLong(56)); // bitmap bytes
        assertEquals(3, file.getLong(64)); // padding
        assertEquals(2 * 64 + 3 * 8, file.getLong(88)); // bitmaps delta
        assertEquals(1, file.getLong(104)); // vtables
        assertEquals(3, file.getLong(112)); // vtable names
        assertEquals(2, file.getLong(120)); // last value kind
        int second = 128 + 64;
        assertEquals(2 * 64 + 3 * 8 - 64, file.getLong(second + 24)); // bitmap
        assertEquals(0x1010, file.getLong(second + 32));
        assertEquals(2, file.getInt(second + 48));
        assertEquals(1, file.getShort(second + 52));
        assertEquals(9, file.getShort(second + 54));
        assertEquals(2, file.getShort(second + 56));
        assertEquals(5, file.getInt(second + 60));
    }

    /** Each used kind has its header and its zero counts. */
    @ParameterizedTest
    @CsvSource({"8, 48", "10, 64"})
    void shouldEndWithEmptyValueData(int number, int size) throws MalformedProfileException {
        ByteBuffer file = TestFiles.bytes(twoFunctions(number), number);
        int entry = file.limit() - size;

        assertEquals(size, file.getInt(entry));
        assertEquals(number == 8 ? 2 : 3, file.getInt(entry + 4));
        assertEquals(0, file.getInt(entry + 8)); // kind
        assertEquals(1, file.getInt(entry + 12)); // sites
        assertEquals(1, file.getInt(entry + 24));
        assertEquals(9, file.getInt(entry + 28));
        assertEquals(entry, TestFiles.parse(file).valuesBegin());
    }

    @Test
    void shouldLeaveOutWhatVersion8CannotHold() throws MalformedProfileException {
        ParsedProfile parsed = TestFiles.parse(TestFiles.bytes(twoFunctions(10), 8));

        assertEquals(8 | Variant.IR, parsed.rawVersion());
        assertEquals(List.of(1, 9, 0), parsed.functions().get(1).sites());
        assertEquals(0, parsed.bitmaps().remaining());
        assertEquals(0, parsed.vtables().remaining());
        assertEquals(0, parsed.vtableNames().remaining());
    }

    @Test
    void shouldCountSingleBytesUnderByteCoverage() throws MalformedProfileException {
        TestImage image = TestImage.of("cover", 10 | Variant.IR | Variant.BYTE_COVERAGE)
                .byteFunction("one", 1, (byte) 0, (byte) -1, (byte) -1)
                .build();
        ByteBuffer file = TestFiles.bytes(image, 10);

        assertEquals(3, file.getLong(40));
        assertEquals(5, file.getLong(48));
        assertEquals(image.counterBytes(), TestFiles.parse(file).counters());
    }

    @Test
    void shouldKnowItsSizeAsLongAsThereAreNoValues() throws MalformedProfileException {
        TestImage image = twoFunctions(10);
        RawProfile profile = new RawProfile(image, RawLayouts.of(10));
        ValueCounts values = new ValueCounts();
        values.add(image.valueSite(1), 0x1010, 3);

        assertEquals(profile.size(), profile.with(image.snapshot()).size());
        assertEquals(profile.size(), TestFiles.parse(TestFiles.bytes(image, 10)).size());
        assertEquals(
                profile.size() + 16,
                TestFiles.parse(TestFiles.bytes(image.with(values), 10)).size());
    }

    @Test
    void shouldBeginBehindTheValuesOfTheProfileBefore() throws MalformedProfileException {
        ValueCounts values = new ValueCounts();
        TestImage image = twoFunctions(8);
        values.add(image.valueSite(1), 0x1010, 3);
        RawProfile profile = new RawProfile(image, RawLayouts.of(8));
        RawProfileSequence sequence = new RawProfileSequence(List.of(profile, profile));
        Snapshot with = new Snapshot(
                image, image.snapshot().counters(), image.snapshot().bitmaps(), values, Instant.EPOCH);
        RawBytes bytes = sequence.with(List.of(with, image.snapshot()));

        assertEquals(2 * profile.size(), sequence.size());
        assertEquals(2 * profile.size() + 16, bytes.size());
        List<ParsedProfile> parsed = RawProfileReader.readAll(TestFiles.bytes(bytes));
        assertEquals(2, parsed.size());
        assertEquals(profile.size() + 16, parsed.get(1).begin());
    }

    @Test
    void shouldRefuseSnapshotOfAnotherImage() {
        RawProfile profile = new RawProfile(twoFunctions(8), RawLayouts.of(8));

        assertThrows(
                IllegalArgumentException.class,
                () -> profile.with(twoFunctions(10).snapshot()));
    }

    @Test
    void shouldRefuseNegativeOffset() {
        TestImage image = twoFunctions(8);
        RawProfile profile = new RawProfile(image, RawLayouts.of(8));
        RawBytes one = profile.with(image.snapshot());
        RawBytes many = new RawProfileSequence(List.of(profile)).with(List.of(image.snapshot()));

        assertThrows(IllegalArgumentException.class, () -> one.read(-1, ByteBuffer.allocate(8)));
        assertThrows(IllegalArgumentException.class, () -> many.read(-1, ByteBuffer.allocate(8)));
    }

    @Test
    void shouldPutNothingBehindTheEnd() {
        TestImage image = twoFunctions(8);
        RawBytes bytes = new RawProfile(image, RawLayouts.of(8)).with(image.snapshot());
        ByteBuffer target = ByteBuffer.allocate(8);

        bytes.read(bytes.size(), target);
        bytes.read(Long.MAX_VALUE, target);
        assertEquals(0, target.position());
        bytes.read(bytes.size() - 3, target);
        assertEquals(3, target.position());
    }

    @Test
    void shouldPutLittleEndianNumbersIntoAnyTarget() {
        TestImage image = twoFunctions(8);
        ByteBuffer target = ByteBuffer.allocate(8).order(ByteOrder.BIG_ENDIAN);
        new RawProfile(image, RawLayouts.of(8)).with(image.snapshot()).read(0, target);

        assertEquals((byte) 0x81, target.get(0));
        assertEquals((byte) 0xff, target.get(7));
    }

    @Test
    void shouldRefuseToMixVersionsOrVariants() {
        RawProfile eight = new RawProfile(twoFunctions(8), RawLayouts.of(8));
        RawProfile ten = new RawProfile(twoFunctions(8), RawLayouts.of(10));
        RawProfile frontEnd =
                new RawProfile(TestImage.of("fe", 10).function("f", 1, 1).build(), RawLayouts.of(10));

        assertThrows(IllegalArgumentException.class, () -> new RawProfileSequence(List.of(eight, ten)));
        assertThrows(IllegalArgumentException.class, () -> new RawProfileSequence(List.of(ten, frontEnd)));
    }

    @Test
    void shouldRefuseSnapshotsThatAreNotThoseOfTheProfiles() {
        TestImage image = twoFunctions(8);
        RawProfileSequence sequence = new RawProfileSequence(List.of(new RawProfile(image, RawLayouts.of(8))));

        assertThrows(IllegalArgumentException.class, () -> sequence.with(List.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> sequence.with(List.of(twoFunctions(10).snapshot())));
    }

    @Test
    void shouldBeEmptyWithoutProfiles() {
        RawProfileSequence none = new RawProfileSequence(List.of());
        ByteBuffer target = ByteBuffer.allocate(8);
        none.with(List.of()).read(0, target);

        assertEquals(0, none.size());
        assertEquals(0, target.position());
    }

    private static TestImage twoFunctions(int number) {
        return TestImage.of("two", number | Variant.IR)
                .function("one", 11, 5)
                .function("two", 22, SITES, new byte[] {1, 2, 3, 4, 5}, 6, 7)
                .build(new byte[0], new byte[24], new byte[] {7, 8, 9});
    }
}
