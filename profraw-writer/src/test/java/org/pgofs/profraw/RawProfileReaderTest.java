package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with damaged files; the golden files and their lists tell where the fields are. */
class RawProfileReaderTest {
    @ParameterizedTest
    @ValueSource(ints = {5, 7, 8, 9, 10, 11})
    void shouldRefuseEveryTruncation(int number) throws IOException {
        ByteBuffer file = golden(number);

        for (int size = 1; size < file.limit(); size++) {
            ByteBuffer cut = file.slice(0, size);
            assertThrows(MalformedProfileException.class, () -> RawProfileReader.readAll(cut), "size " + size);
        }
    }

    /** Whatever a byte says, the file is read or refused; no other exception comes out. */
    @ParameterizedTest
    @ValueSource(ints = {5, 7, 8, 9, 10, 11})
    void shouldSurviveAnyByte(int number) throws IOException {
        ByteBuffer file = golden(number);
        int refused = 0;
        for (int at = 0; at < file.limit(); at++) {
            byte before = file.get(at);
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                file.put(at, (byte) (before ^ 1 << bit));
                try {
                    RawProfileReader.readAll(file);
                } catch (MalformedProfileException e) {
                    refused++;
                }
            }
            file.put(at, before);
        }
        assertTrue(refused > 100 * Byte.SIZE, "refused: " + refused);
    }

    /** Fields of version 9; see {@code golden/v9.txt}. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0xff6c70726f665281 | 0xff6c70726f665281 at offset 0 is not the magic number of little-endian"
                        + " targets with 64-bit addresses",
                "8 | 0x010000000000000c | version 12 is none of [5, 7, 8, 9, 10, 11]",
                "8 | 0x01000000ffffffff | version 4294967295 is none of [5, 7, 8, 9, 10, 11]",
                "8 | 0x0100010000000009 | version 9 has no variant 0x100010000000000",
                "16 | -1 | 18446744073709551615 bytes of binary ids of 1 bytes at offset 112, where 416 bytes are left",
                "24 | 0x0400000000000000 | 288230376151711744 records of 64 bytes at offset 144, where 384 bytes are left",
                "24 | 7 | 7 records of 64 bytes at offset 144, where 384 bytes are left",
                "32 | 8 | a byte that is not 0 before offset 344, before the counters",
                "40 | 0x2000000000000001 | 2305843009213693953 counters of 8 bytes at offset 336, where 192 bytes are"
                        + " left",
                "224 | 0x98 | record 1 has 2 counters at 24 in 32 bytes of counters",
                "48 | 8 | a byte that is not 0 before offset 376, behind the counters",
                "56 | 2 | a byte that is not 0 before offset 375, behind the bitmaps",
                "72 | -8 | 18446744073709551608 bytes of names of 1 bytes at offset 376, where 152 bytes are left",
                "80 | 0xc8 | record 0 has 1 counters at -8 in 32 bytes of counters",
                "80 | 0xbf | record 0 has 1 counters at 1 in 32 bytes of counters",
                "88 | 0xdf | record 1 has a bitmap of 3 bytes at 1 in 3 bytes of bitmaps",
                "104 | 2 | 2 is not the last value kind of version 9",
                "112 | 25 | 25 bytes of a binary id of 1 bytes at offset 8, where 24 bytes are left",
                "256 | 0 | record 1 has 0 counters at 8 in 32 bytes of counters",
                "256 | 0xffffffff | record 1 has 4294967295 counters at 8 in 32 bytes of counters",
                "256 | 0xffff00000002 | record 1 has more value sites than there are bytes of value data",
                "264 | 0x00000000ffffffff | record 1 has a bitmap of 4294967295 bytes at 0 in 3 bytes of bitmaps",
                "400 | 0x0000000100000068 | value data of record 1 has 1 kinds, its record 2",
                "400 | 0x0000000200000060 | value data of record 1 has 104 bytes and says 96",
                "408 | 0x0000000200000001 | value data of record 1 has kind 1 where 0 is due",
                "408 | 0x0000000300000000 | value data of record 1 has 3 sites of kind 0, its record 2",
                "416 | 0x0000000000010102 | a byte that is not 0 before offset 424, behind the value data of record 1",
                "416 | 0x000000000000ffff | it ends at offset 528, in the middle of the value data of record 1",
                "432 | 0 | value data of record 1 has a value that was observed 0 times",
            })
    void shouldSayWhatIsWrong(int at, String value, String message) throws IOException {
        ByteBuffer file = golden(9);
        file.putLong(
                at, value.startsWith("0x") ? Long.parseUnsignedLong(value.substring(2), 16) : Long.parseLong(value));

        MalformedProfileException e =
                assertThrows(MalformedProfileException.class, () -> RawProfileReader.readAll(file));
        assertEquals("bad raw profile: " + message, e.getMessage());
    }

    @Test
    void shouldSaturateCountsOfValues() throws IOException {
        ByteBuffer file = golden(9);
        file.putLong(432, -5);

        ParsedProfile parsed = TestFiles.parse(file);

        assertEquals(Map.of(0x1020L, Long.MAX_VALUE, 0L, 2L), parsed.values().at(0));
    }

    @Test
    void shouldReadWhatTheBufferHasLeft() throws IOException {
        ByteBuffer file = golden(8);
        ByteBuffer later = ByteBuffer.allocateDirect(file.limit() + 30);
        later.position(5).put(file.duplicate()).flip().position(5);

        List<ParsedProfile> parsed = RawProfileReader.readAll(later);

        assertEquals(5, later.position());
        assertEquals(TestFiles.parse(file).functions(), parsed.get(0).functions());
        assertEquals(0, parsed.get(0).begin());
    }

    @Test
    void shouldSkipZerosBetweenProfiles() throws IOException {
        ByteBuffer file = golden(8);
        int size = file.limit();
        ByteBuffer two = ByteBuffer.allocate(2 * size + 32).put(16, file, 0, size);
        ByteBuffer aligned = two.put(size + 24, file, 0, size);

        List<ParsedProfile> parsed = RawProfileReader.readAll(aligned);

        assertEquals(
                List.of(16, size + 24),
                parsed.stream().map(ParsedProfile::begin).toList());
        assertEquals(
                List.of(size, size), parsed.stream().map(ParsedProfile::size).toList());
        ByteBuffer odd = ByteBuffer.allocate(size + 1).put(1, file, 0, size);
        assertEquals(
                "bad raw profile: it begins at offset 1, which is no multiple of 8",
                assertThrows(MalformedProfileException.class, () -> RawProfileReader.readAll(odd))
                        .getMessage());
        assertEquals(List.of(), RawProfileReader.readAll(ByteBuffer.allocate(100)));
    }

    @Test
    void shouldReadTheSameRecordsOnce() throws IOException {
        KnownRecords known = new KnownRecords();
        ByteBuffer file = golden(9);
        List<ParsedFunction> functions =
                RawProfileReader.readAll(file, known).get(0).functions();
        file.putLong(344, 1234); // a counter

        assertSame(functions, RawProfileReader.readAll(file, known).get(0).functions());
    }

    /** Whatever differs from the profile that was read before, and however little. */
    @ParameterizedTest
    @ValueSource(ints = {5, 7, 8, 9, 10, 11})
    void shouldNotTakeRecordsForThoseOfAnotherProfile(int number) throws IOException {
        ByteBuffer before = golden(number);
        ByteBuffer file = golden(number);
        KnownRecords known = new KnownRecords();
        for (int at = 0; at < file.limit(); at++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                RawProfileReader.readAll(before, known);
                file.put(at, (byte) (before.get(at) ^ 1 << bit));
                assertEquals(functionsOrFault(file, new KnownRecords()), functionsOrFault(file, known), "byte " + at);
            }
            file.put(at, before.get(at));
        }
        for (int size = 1; size < file.limit(); size++) {
            RawProfileReader.readAll(before, known);
            ByteBuffer cut = file.slice(0, size);
            assertEquals(functionsOrFault(cut, new KnownRecords()), functionsOrFault(cut, known), "size " + size);
        }
    }

    private static Object functionsOrFault(ByteBuffer file, KnownRecords known) {
        try {
            return RawProfileReader.readAll(file, known).stream()
                    .map(ParsedProfile::functions)
                    .toList();
        } catch (MalformedProfileException e) {
            return e.getMessage();
        }
    }

    private static ByteBuffer golden(int number) throws IOException {
        return TestSources.golden("v" + number + ".profraw").order(ByteOrder.LITTLE_ENDIAN);
    }
}
