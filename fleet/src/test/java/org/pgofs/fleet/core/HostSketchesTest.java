package org.pgofs.fleet.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.pgofs.profdata.RawToIndexed;
import org.pgofs.profdata.read.IndexedContent;
import org.pgofs.profdata.read.IndexedReader;
import org.pgofs.profdata.read.Overlap;

class HostSketchesTest {
    private record OfHost(String host, Piece piece) {}

    private static TestPiece random(Random random, int functions) {
        TestPiece piece = TestPiece.of(TestPiece.IR);
        for (int i = 0; i < functions; i++) {
            piece.function("f" + i, i, count(random), count(random));
        }
        return piece;
    }

    private static long count(Random random) {
        return random.nextLong() >>> (20 + random.nextInt(44));
    }

    private static HostSketches sketches(List<OfHost> pieces) {
        HostSketches sketches = new HostSketches();
        pieces.forEach(one -> sketches.add(one.host, one.piece));
        return sketches;
    }

    private static HostSketches inGroups(List<OfHost> pieces, Random random) throws IOException {
        if (pieces.size() < 2 || random.nextInt(4) == 0) {
            return copy(sketches(pieces));
        }
        int split = 1 + random.nextInt(pieces.size() - 1);
        HostSketches first = inGroups(pieces.subList(0, split), random);
        first.add(inGroups(pieces.subList(split, pieces.size()), random));
        return first;
    }

    private static HostSketches copy(HostSketches sketches) throws IOException {
        return HostSketches.read(new DataInputStream(new ByteArrayInputStream(bytes(sketches))));
    }

    private static byte[] bytes(HostSketches sketches) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        sketches.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    @Property(tries = 100)
    void shouldNotDependOnOrderAndGroups(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int count)
            throws IOException {
        Random random = new Random(seed);
        List<OfHost> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pieces.add(new OfHost(
                    "host-" + random.nextInt(4),
                    random(random, 1 + random.nextInt(30)).piece()));
        }
        HostSketches expected = sketches(pieces);

        Collections.shuffle(pieces, random);
        HostSketches grouped = inGroups(pieces, random);
        assertEquals(ByteBuffer.wrap(bytes(expected)), ByteBuffer.wrap(bytes(grouped)));
        assertEquals(expected.overlaps(), grouped.overlaps());
    }

    /** Where there are so many hosts that sketches become smaller, at whatever moment that is. */
    @Test
    void shouldNotDependOnWhenHostsBecomeMany() throws IOException {
        int hosts = 5000;
        Piece piece = random(new Random(1), 40).piece();
        List<OfHost> pieces = new ArrayList<>();
        for (int i = 0; i < hosts; i++) {
            pieces.add(new OfHost("host-" + i, piece));
        }
        HostSketches expected = sketches(pieces);
        HostSketches halves = sketches(pieces.subList(0, 1000));
        halves.add(sketches(pieces.subList(1000, hosts)));

        assertEquals(ByteBuffer.wrap(bytes(expected)), ByteBuffer.wrap(bytes(halves)));
        assertEquals(hosts, expected.overlaps().size());
        assertTrue(expected.overlaps().values().stream().allMatch(overlap -> overlap > 0.999));
    }

    /** Two hosts have in common what the tool says of their profiles. */
    @Property(tries = 30)
    void shouldBeAsMuchAsTheProfilesOverlap(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        TestPiece one = random(random, 20);
        TestPiece other = random(random, 20);
        double expected = new Overlap(content(one), content(other)).overlap();

        Map<String, Double> overlaps = sketches(List.of(new OfHost("a", one.piece()), new OfHost("b", other.piece())))
                .overlaps();
        assertEquals(expected, overlaps.get("a"), 0.02);
        assertEquals(overlaps.get("a"), overlaps.get("b"), 1e-9);
    }

    private static IndexedContent content(TestPiece piece) throws IOException {
        return IndexedReader.read(RawToIndexed.convert("test", piece.raw()));
    }

    @Test
    void shouldSeeWhoIsOdd() {
        Random random = new Random(7);
        TestPiece usual = random(random, 100);
        TestPiece odd = TestPiece.of(TestPiece.IR);
        for (int i = 0; i < 100; i++) {
            odd.function("g" + i, i, random.nextInt(1000));
        }
        List<OfHost> pieces = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            pieces.add(new OfHost("usual-" + i, usual.piece()));
        }
        pieces.add(new OfHost("odd", odd.piece()));
        pieces.add(new OfHost(
                "idle", TestPiece.of(TestPiece.IR).function("f", 1, 0).piece()));

        Map<String, Double> overlaps = sketches(pieces).overlaps();
        assertEquals(1, overlaps.get("usual-3"), 1e-9);
        assertTrue(overlaps.get("odd") < 0.1, overlaps.toString());
        assertTrue(!overlaps.containsKey("idle"));
        assertEquals(Map.of(), sketches(pieces.subList(0, 1)).overlaps());
    }
}
