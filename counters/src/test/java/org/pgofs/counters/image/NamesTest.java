package org.pgofs.counters.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.format.InvalidFileException;

/** Names sections, as compilers make them and as nobody should. */
class NamesTest {
    private final ByteArrayOutputStream section = new ByteArrayOutputStream();

    private static List<String> names(byte[] bytes) throws InvalidFileException {
        List<String> names = new ArrayList<>();
        ByteArrayOutputStream name = new ByteArrayOutputStream();
        Names.read(ByteBuffer.wrap(bytes), new Names.Visitor() {
            @Override
            public void part(byte[] piece, int offset, int length) {
                name.write(piece, offset, length);
            }

            @Override
            public void end() {
                names.add(name.toString(StandardCharsets.UTF_8));
                name.reset();
            }
        });
        return names;
    }

    private static long reference(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        Names.Hash hash = new Names.Hash();
        hash.add(bytes, 0, bytes.length);
        return hash.take();
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
        "ff ff ff ff 7f 01 00, zlib",
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

    /** Deflate makes a thousandth of what is alike: instances of a template are. */
    @Test
    void shouldTakeNamesThatFoldAsWellAsCanBe() throws InvalidFileException {
        byte[] alike = new byte[1 << 20];
        Arrays.fill(alike, (byte) 'a');
        for (int i = 1 << 18; i < alike.length; i += 1 << 18) {
            alike[i] = 1;
        }
        compressed(alike, alike.length);
        assertTrue(section.size() * 900 < alike.length, "unfolds to " + alike.length + " from " + section.size());
        assertEquals(4, names(section.toByteArray()).size());
        assertEquals(alike.length, Names.unfolded(ByteBuffer.wrap(section.toByteArray())));
    }

    /** Nothing is kept of it, so that no length is too much. */
    @Test
    void shouldTakeANameOfAnyLength() throws InvalidFileException {
        long size = 1L << 27;
        byte[] endless = new byte[1 << 20];
        Arrays.fill(endless, (byte) 'a');
        ByteArrayOutputStream folded = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(folded)) {
            for (long done = 0; done < size; done += endless.length) {
                deflater.write(endless);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        number(size);
        number(folded.size());
        section.writeBytes(folded.toByteArray());

        long[] seen = {0, 0};
        Names.read(ByteBuffer.wrap(section.toByteArray()), new Names.Visitor() {
            @Override
            public void part(byte[] piece, int offset, int length) {
                seen[0] += length;
            }

            @Override
            public void end() {
                seen[1]++;
            }
        });
        assertEquals(size, seen[0]);
        assertEquals(1, seen[1]);
    }

    /** What a section says it unfolds to is known before anything is unfolded, whatever it says. */
    @Test
    void shouldKnowWhatItTakesBefore() throws InvalidFileException {
        for (int i = 0; i < 300; i++) {
            number((1L << 56) - 1);
            number(1);
            section.write('x');
        }
        assertEquals(Long.MAX_VALUE, Names.unfolded(ByteBuffer.wrap(section.toByteArray())));
        section.reset();
        plain("main\u0001other");
        section.writeBytes(new byte[3]);
        compressed(new byte[1000], 1000);
        assertEquals(1010, Names.unfolded(ByteBuffer.wrap(section.toByteArray())));
    }

    /** Many names are looked up as long as one is wanted; a bomb of short ones would take too long. */
    @Test
    void shouldLookUpNoMoreNamesThanNeeded() throws InvalidFileException {
        byte[] many = new byte[4 * Names.MOST_LOOKED_UP];
        for (int i = 0; i < many.length; i++) {
            many[i] = (byte) (i % 2 == 0 ? 'a' : 1);
        }
        many[many.length - 1] = 'b';
        compressed(many, many.length);
        int[] seen = {0};
        Names.Lookup forEver = new Names.Lookup() {
            @Override
            void see(long reference) {
                seen[0]++;
            }

            @Override
            boolean isDone() {
                return false;
            }
        };
        Names.read(ByteBuffer.wrap(section.toByteArray()), forEver);
        assertEquals(Names.MOST_LOOKED_UP, seen[0]);
        assertTrue(forEver.gaveUp());
    }
}
