package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names sections, as compilers make them and as nobody should. */
class NamesTest {
    private final ByteArrayOutputStream section = new ByteArrayOutputStream();

    private static List<String> names(byte[] bytes) throws InvalidFileException {
        List<String> names = new ArrayList<>();
        Names.read(
                ByteBuffer.wrap(bytes),
                (name, offset, length) -> names.add(new String(name, offset, length, StandardCharsets.UTF_8)));
        return names;
    }

    private static long reference(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return new Names.Hash().of(bytes, 0, bytes.length);
    }

    private void number(long value) {
        for (long left = value; ; left >>>= 7) {
            section.write((int) (left < 128 ? left : (left & 127) | 128));
            if (left < 128) {
                return;
            }
        }
    }

    private void plain(String names) {
        byte[] bytes = names.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        number(0);
        section.writeBytes(bytes);
    }

    private void compressed(byte[] names, long size) {
        Deflater deflater = new Deflater();
        deflater.setInput(names);
        deflater.finish();
        byte[] bytes = new byte[names.length + 100];
        int count = deflater.deflate(bytes);
        deflater.end();
        number(size);
        number(count);
        section.write(bytes, 0, count);
    }

    @Test
    void shouldReadBlobsAndThePaddingBetweenThem() throws InvalidFileException {
        plain("main\u0001a.c:loop");
        section.writeBytes(new byte[5]);
        byte[] long200 = "x".repeat(200).getBytes(StandardCharsets.UTF_8);
        compressed(long200, 200);
        compressed("b\u0001c".getBytes(StandardCharsets.UTF_8), 3);

        assertEquals(List.of("main", "a.c:loop", "x".repeat(200), "b", "c"), names(section.toByteArray()));
        assertEquals(List.of(), names(new byte[0]));
    }

    /** What is read at a time may end anywhere. */
    @ParameterizedTest
    @ValueSource(ints = {8190, 8191, 8192, 8193, 16384, 30000})
    void shouldReadNamesOfAnyLength(int length) throws InvalidFileException {
        List<String> expected = List.of("x".repeat(length), "y", "z".repeat(length));
        String joined = String.join("\u0001", expected);
        plain(joined);
        compressed(joined.getBytes(StandardCharsets.UTF_8), joined.length());
        assertEquals(List.of(expected, expected).stream().flatMap(List::stream).toList(), names(section.toByteArray()));
    }

    /** The hash is that of md5sum. */
    @Test
    void shouldReferToNamesAsRecordsDo() {
        assertEquals(0xdb956436e78dd5faL, reference("main"));
    }

    @Test
    void shouldFindNamesThatAreSafeToPrint() {
        plain("a b\u001b[2J\u0001main");
        ByteBuffer bytes = ByteBuffer.wrap(section.toByteArray());

        long odd = reference("a b\u001b[2J");
        Map<Long, String> found = new HashMap<>(Map.of(odd, "1", reference("main"), "2", 0x123L, "3"));
        assertEquals(12, Names.find(bytes, found));
        assertEquals(Map.of(odd, "a?b?[2J", reference("main"), "main", 0x123L, "3"), found);
    }

    @ParameterizedTest
    @CsvSource({
        "05 00 61, cut off",
        "85, cut off",
        "ff ff ff ff ff ff ff ff 7f, cut off",
        "01 00, cut off",
        "03 00 61 01 01, empty name",
        "02 00 01 61, empty name",
        "00 01 00, zlib",
        "00, cut off",
        "00 00, empty name",
        "00 00 00 00 00 00 00 00, empty name",
        "00 01 00 61, zlib",
        "00 04 00 6d 61 69 6e, zlib",
        "05 03 61 62 63, zlib",
        "05 02 78 9c, zlib",
        "ff ff ff ff 7f 01 00, more than 268435456 bytes",
    })
    void shouldRefuse(String bytes, String reason) {
        for (String hex : bytes.split(" ", -1)) {
            section.write(Integer.parseInt(hex, 16));
        }
        InvalidFileException e = assertThrows(InvalidFileException.class, () -> names(section.toByteArray()));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    @Test
    void shouldRefuseASizeThatIsNotTheRealOne() {
        compressed("main".getBytes(StandardCharsets.UTF_8), 5);
        assertThrows(InvalidFileException.class, () -> names(section.toByteArray()));
        section.reset();
        // A bomb: what it says and what it would unfold to are a thousand times apart.
        compressed(new byte[1 << 24], 1 << 14);
        InvalidFileException e = assertThrows(InvalidFileException.class, () -> names(section.toByteArray()));
        assertTrue(e.getMessage().contains("unfold to more"), e.getMessage());
    }

    @Test
    void shouldNotKeepAnEndlessName() {
        byte[] endless = new byte[(1 << 24) + 1];
        // Letters in no order: what unfolds too well is refused before.
        Random letters = new Random(1);
        for (int i = 0; i < endless.length; i++) {
            endless[i] = (byte) ('a' + letters.nextInt(26));
        }
        compressed(endless, endless.length);
        InvalidFileException e = assertThrows(InvalidFileException.class, () -> names(section.toByteArray()));
        assertTrue(e.getMessage().contains("a name of more than"), e.getMessage());
    }

    @Test
    void shouldRefuseABombThatSaysItsSize() {
        byte[] bomb = new byte[1 << 20];
        for (int i = 0; i < bomb.length; i++) {
            bomb[i] = (byte) (i % 2 == 0 ? 'a' : 1);
        }
        compressed(bomb, bomb.length);
        InvalidFileException e = assertThrows(InvalidFileException.class, () -> names(section.toByteArray()));
        assertTrue(e.getMessage().contains("times their size"), e.getMessage());
    }
}
