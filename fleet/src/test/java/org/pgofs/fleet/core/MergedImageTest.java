package org.pgofs.fleet.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.counts.CounterSum;
import org.pgofs.counters.format.Variant;
import org.pgofs.profdata.read.IndexedContent;
import org.pgofs.profdata.read.IndexedReader;
import org.pgofs.profdata.read.ProfiledFunction;
import org.pgofs.profdata.read.ProfiledValue;

class MergedImageTest {
    private static final List<Integer> CALL = List.of(1, 0, 0);
    private static final byte[] NO_BITS = {};

    private static IndexedContent merged(TestPiece... pieces) throws IOException {
        MergedImage sum = new MergedImage();
        for (TestPiece piece : pieces) {
            sum.add(piece.piece(), 1);
        }
        return content(sum);
    }

    private static IndexedContent content(MergedImage sum) throws IOException {
        return IndexedReader.read(MergedProfile.of("test", sum).bytes());
    }

    private static List<Long> counts(IndexedContent profile, String name, long hash) {
        ProfiledFunction function = profile.functions().stream()
                .filter(one -> one.name().equals(name) && one.hash() == hash)
                .findFirst()
                .orElseThrow();
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i < function.size(); i++) {
            counts.add(function.counter(i));
        }
        return counts;
    }

    private static TestPiece ir() {
        return TestPiece.of(TestPiece.IR);
    }

    @Test
    void shouldAddCountersOfFunctionsWithOneNameAndHash() throws IOException {
        IndexedContent sum = merged(
                ir().function("a", 1, 1, 2).function("b", 1, 5),
                ir().function("b", 1, 7).function("a", 1, 10, 20).function("a", 2, 3));

        assertEquals(List.of(11L, 22L), counts(sum, "a", 1));
        assertEquals(List.of(3L), counts(sum, "a", 2));
        assertEquals(List.of(12L), counts(sum, "b", 1));
        assertEquals(3, sum.functions().size());
    }

    @Test
    void shouldWeighAPiece() throws IOException {
        MergedImage sum = new MergedImage();
        sum.add(ir().function("a", 1, CALL, NO_BITS, 3, 4).value(0, 0x1000, 2).piece(), 10);

        IndexedContent profile = content(sum);
        assertEquals(List.of(30L, 40L), counts(profile, "a", 1));
        assertEquals(
                List.of(new ProfiledValue(TestPiece.reference("a"), 20)),
                profile.functions().get(0).values().get(0).get(0));
        assertThrows(
                IllegalArgumentException.class,
                () -> sum.add(ir().function("a", 1, 1).piece(), 0));
    }

    @Test
    void shouldStayAtTheLargestSum() throws IOException {
        MergedImage sum = new MergedImage();
        Piece piece = ir().function("a", 1, CounterSum.LARGEST, 1).piece();
        sum.add(piece, 1000);
        sum.add(piece, 1000);
        sum.add(sum(piece, 1000));

        assertEquals(List.of(Long.MAX_VALUE, 3000L), counts(content(sum), "a", 1));
        assertEquals(List.of(Long.MAX_VALUE, 128L), counts(content(sum(piece, 128)), "a", 1)); // 2^63 in 64 bits
    }

    private static MergedImage sum(Piece piece, long weight) {
        MergedImage sum = new MergedImage();
        sum.add(piece, weight);
        return sum;
    }

    /** With one of them llvm-profdata rejects the whole profile. */
    @Test
    void shouldCountCountersThatAreTooLargeAsNone() throws IOException {
        TestPiece piece = ir().function("a", 1, CounterSum.LARGEST + 1, -1, CounterSum.LARGEST);

        assertEquals(2, piece.piece().tooLarge());
        assertEquals(CounterSum.LARGEST, piece.piece().total());
        assertEquals(List.of(0L, 0L, CounterSum.LARGEST), counts(merged(piece), "a", 1));
    }

    @Test
    void shouldNameTargetsOfImagesThatAreLoadedElsewhere() throws IOException {
        IndexedContent profile = merged(
                ir().function("a", 1, CALL, NO_BITS, 1).function("b", 1, 1).value(0, 0x1010, 2),
                ir().at(0x7000)
                        .function("a", 1, CALL, NO_BITS, 1)
                        .function("b", 1, 1)
                        .value(0, 0x7010, 3)
                        .value(0, 0x9999, 1));

        assertEquals(
                List.of(new ProfiledValue(TestPiece.reference("b"), 5), new ProfiledValue(0, 1)),
                profile.functions().stream()
                        .filter(function -> function.name().equals("a"))
                        .findFirst()
                        .orElseThrow()
                        .values()
                        .get(0)
                        .get(0));
    }

    @Test
    void shouldKeepTheMostFrequentValuesOfASite() throws IOException {
        TestPiece first = ir().function("a", 1, List.of(0, 1, 0), NO_BITS, 1);
        TestPiece second = ir().function("a", 1, List.of(0, 1, 0), NO_BITS, 1);
        for (int i = 0; i < 200; i++) {
            first.value(0, i, 1000 - i);
            second.value(0, 1000 + i, 1000 - i);
        }
        List<ProfiledValue> kept =
                merged(first, second).functions().get(0).values().get(1).get(0);

        assertEquals(255, kept.size());
        Map<Long, Long> counts = new HashMap<>();
        kept.forEach(value -> counts.put(value.value(), value.count()));
        for (long i = 0; i < 127; i++) {
            assertEquals(1000 - i, counts.get(i));
            assertEquals(1000 - i, counts.get(1000 + i));
        }
        assertTrue(counts.containsKey(127L));
    }

    @Test
    void shouldKeepMarksOfAnyPiece() throws IOException {
        byte[] no = {-1, -1};
        byte[] first = {0, -1};
        long bytes = Variant.IR | Variant.BYTE_COVERAGE | 10;
        IndexedContent profile = merged(
                TestPiece.of(bytes).function("a", 1, List.of(0, 0, 0), NO_BITS, first),
                TestPiece.of(bytes).function("a", 1, List.of(0, 0, 0), NO_BITS, first),
                TestPiece.of(bytes).function("a", 1, List.of(0, 0, 0), NO_BITS, no));

        assertEquals(List.of(1L, 0L), counts(profile, "a", 1));
    }

    @Test
    void shouldKeepMarksOfAnySum() {
        long bytes = Variant.IR | Variant.BYTE_COVERAGE | 10;
        Piece piece = TestPiece.of(bytes)
                .function("a", 1, List.of(0, 0, 0), NO_BITS, new byte[] {0, -1})
                .piece();
        MergedImage sum = sum(piece, 1);
        sum.add(sum(piece, 1));

        assertEquals(1, sum.counter(0, 0));
        assertEquals(0, sum.counter(0, 1));
    }

    @Test
    void shouldNameVtablesOfImagesThatAreLoadedElsewhere() throws IOException {
        List<Integer> vtable = List.of(0, 0, 1);
        MergedImage sum = sum(
                ir().vtable("V", 0x5000, 32)
                        .function("a", 1, vtable, NO_BITS, 1)
                        .value(0, 0x5010, 2)
                        .piece(),
                1);
        sum.add(sum(
                ir().vtable("V", 0x7000, 32)
                        .function("a", 1, vtable, NO_BITS, 1)
                        .value(0, 0x7018, 3)
                        .piece(),
                1));
        sum.add(sum(
                ir().vtable("W", 0x9000, 32)
                        .function("a", 1, vtable, NO_BITS, 1)
                        .value(0, 0x9000, 1)
                        .piece(),
                1));

        assertEquals(
                List.of(new ProfiledValue(TestPiece.reference("V"), 5), new ProfiledValue(TestPiece.reference("W"), 1)),
                content(sum).functions().get(0).values().get(2).get(0));
    }

    @Test
    void shouldKeepBitsOfAnyPiece() throws IOException {
        IndexedContent profile = merged(
                TestPiece.of(10).function("a", 1, List.of(0, 0, 0), new byte[] {1, 4}, 1),
                TestPiece.of(10).function("a", 1, List.of(0, 0, 0), new byte[] {2, 4}, 1));

        ByteBuffer bitmap = profile.functions().get(0).bitmap();
        assertEquals(3, bitmap.getLong(0));
        assertEquals(4, bitmap.getLong(8));
    }

    @Test
    void shouldKeepTheFirstOfFirstCalls() throws IOException {
        long temporal = Variant.IR | Variant.TEMPORAL | 10;
        IndexedContent profile = merged(
                TestPiece.of(temporal)
                        .function("a", 1, 9, 1)
                        .function("b", 1, 5, 1)
                        .function("c", 1, 0, 0),
                TestPiece.of(temporal)
                        .function("a", 1, 2, 1)
                        .function("b", 1, 0, 0)
                        .function("c", 1, 0, 0));

        assertEquals(List.of(2L), counts(profile, "a", 1));
        assertEquals(1, profile.traces().size());
        assertEquals(
                List.of(TestPiece.reference("a"), TestPiece.reference("b")),
                profile.traces().get(0).names());
    }

    @Test
    void shouldKeepTheShapeOfAFunctionThatMostPiecesHave() throws IOException {
        TestPiece two = ir().function("a", 1, 1, 1);
        TestPiece three = ir().function("a", 1, 1, 1, 1);
        MergedImage sum = new MergedImage();
        sum.add(two.piece(), 100);
        sum.add(three.piece(), 1);
        sum.add(three.piece(), 1);

        MergedProfile profile = MergedProfile.of("test", sum);
        assertEquals(1, profile.functions());
        assertEquals(1, profile.otherShapes());
        assertEquals(List.of(2L, 2L, 2L), counts(content(sum), "a", 1));
    }

    @Test
    void shouldRefuseAnotherVariant() {
        MergedImage sum = sum(ir().function("a", 1, 1).piece(), 1);
        Piece other = TestPiece.of(10).function("a", 1, 1).piece();

        assertThrows(IllegalArgumentException.class, () -> sum.add(other, 1));
        assertThrows(IllegalArgumentException.class, () -> sum.add(sum(other, 1)));
    }
}
