package org.pgofs.fleet.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import org.pgofs.counters.format.Variant;

/** That neither the order nor the grouping of pieces shows in what is made of them. */
class MergedImagePropertyTest {
    private static final List<Long> VERSIONS = List.of(
            Variant.IR | 10, Variant.IR | 8, Variant.IR | Variant.TEMPORAL | 10, Variant.IR | 1L << 58 | 10, 10L);

    private record Weighed(Piece piece, long weight) {}

    /** Functions of few names, hashes and shapes, so that most are the same in several pieces, and some nearly. */
    private static List<Weighed> pieces(Random random, int count) {
        long version = VERSIONS.get(random.nextInt(VERSIONS.size()));
        List<Weighed> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pieces.add(new Weighed(piece(random, version), 1 + random.nextInt(3)));
        }
        return pieces;
    }

    private static Piece piece(Random random, long version) {
        TestPiece piece = TestPiece.of(version).at(0x1000L << random.nextInt(4));
        int functions = 1 + random.nextInt(6);
        int sites = 0;
        for (int i = 0; i < functions; i++) {
            String name = "f" + random.nextInt(4);
            boolean odd = random.nextInt(6) == 0;
            int times = Variant.hasTimes(version) ? 1 : 0;
            long[] counts = new long[times + 1 + name.charAt(1) % 3 + (odd ? 1 : 0)];
            for (int k = 0; k < counts.length; k++) {
                counts[k] = random.nextBoolean() ? random.nextInt(3) : random.nextLong() >>> random.nextInt(64);
            }
            List<Integer> ofKinds = List.of(name.charAt(1) % 2, odd ? 1 : 0, 0);
            byte[] bitmap = new byte[version == 10 ? name.charAt(1) % 3 : 0];
            random.nextBytes(bitmap);
            piece.function(name, random.nextInt(2), ofKinds, bitmap, counts);
            for (int site = ofKinds.get(0) + ofKinds.get(1); site > 0; site--) {
                for (int k = random.nextInt(4); k > 0; k--) {
                    piece.value(sites, piece.address(random.nextInt(functions + 2)), 1 + random.nextInt(3));
                }
                sites++;
            }
        }
        return piece.piece();
    }

    private static ByteBuffer bytes(MergedImage sum) throws IOException {
        return MergedProfile.of("test", sum).bytes();
    }

    private static MergedImage oneAfterTheOther(List<Weighed> pieces) {
        MergedImage sum = new MergedImage();
        pieces.forEach(one -> sum.add(one.piece, one.weight));
        return sum;
    }

    /** A tree of sums, as many machines make it. */
    private static MergedImage inGroups(List<Weighed> pieces, Random random) {
        if (pieces.size() < 2 || random.nextInt(4) == 0) {
            return oneAfterTheOther(pieces);
        }
        int split = 1 + random.nextInt(pieces.size() - 1);
        MergedImage first = inGroups(pieces.subList(0, split), random);
        MergedImage second = inGroups(pieces.subList(split, pieces.size()), random);
        if (random.nextBoolean()) {
            first.add(second);
            return first;
        }
        second.add(first);
        return second;
    }

    @Property(tries = 300)
    void shouldNotDependOnOrderAndGroups(@ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int count)
            throws IOException {
        Random random = new Random(seed);
        List<Weighed> pieces = pieces(random, count);
        ByteBuffer expected = bytes(oneAfterTheOther(pieces));

        Collections.shuffle(pieces, random);
        assertEquals(expected, bytes(inGroups(pieces, random)));
    }

    @Property(tries = 100)
    void shouldWeighAPieceAsIfItWereThereSeveralTimes(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<Weighed> pieces = pieces(random, 3);
        MergedImage repeated = new MergedImage();
        for (Weighed one : pieces) {
            for (long i = 0; i < one.weight; i++) {
                repeated.add(one.piece, 1);
            }
        }

        assertEquals(counts(repeated), counts(oneAfterTheOther(pieces)));
    }

    /** Which shape of a function most records have depends on how often a piece is there. */
    private static List<List<Long>> counts(MergedImage sum) {
        List<List<Long>> counts = new ArrayList<>();
        for (int function : sum.inOrder()) {
            List<Long> own = new ArrayList<>();
            for (int i = 0; i < sum.key(function).counters(); i++) {
                own.add(sum.counter(function, i));
            }
            for (int site = 0; site < sum.key(function).sites(); site++) {
                sum.values(function, site).entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .forEach(value -> own.addAll(List.of(value.getKey(), value.getValue())));
            }
            counts.add(own);
        }
        return counts;
    }
}
