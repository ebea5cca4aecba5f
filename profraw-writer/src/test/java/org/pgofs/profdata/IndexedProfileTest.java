package org.pgofs.profdata;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgofs.counters.format.Variant;
import org.pgofs.profraw.TestFiles;
import org.pgofs.profraw.TestImage;

class IndexedProfileTest {
    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "2, 1", "3, 8", "5, 8", "6, 16", "11, 16", "12, 32", "1000, 2048"})
    void shouldHaveAsManyBucketsAsLlvmProfdata(int names, int expected) throws IOException {
        Buckets buckets = new Buckets(LongStream.range(0, names).toArray());

        assertEquals(expected, buckets.size());
        assertEquals(
                names,
                IntStream.range(0, buckets.size())
                        .mapToObj(buckets::names)
                        .flatMapToInt(Arrays::stream)
                        .distinct()
                        .count());
    }

    @Test
    void shouldRefuseMoreNamesThanAChainCanHave() {
        long[] same = new long[0x10000];
        IOException refused = assertThrows(IOException.class, () -> new Buckets(same));
        assertTrue(refused.getMessage().contains("too much alike"), refused.getMessage());
    }

    /** More than there are in one sorted piece. */
    @Test
    void shouldCountEveryCountFromTheGreatestDown() throws IOException {
        int distinct = 300_000;
        try (CountFrequencies frequencies = new CountFrequencies(2 * distinct + 3)) {
            for (int i = 0; i < distinct; i++) {
                frequencies.add(70_000L + (i * 7919L) % distinct);
                frequencies.add(70_000L + i);
            }
            frequencies.add(3);
            frequencies.add(-3);
            frequencies.add(3);
            assertTrue(frequencies.next());
            assertEquals(-3, frequencies.count());
            for (long count = 70_000L + distinct - 1; count >= 70_000; count--) {
                assertTrue(frequencies.next());
                assertEquals(count, frequencies.count());
                assertEquals(2, frequencies.frequency());
            }
            assertTrue(frequencies.next());
            assertEquals(3, frequencies.count());
            assertEquals(2, frequencies.frequency());
            assertTrue(!frequencies.next());
        }
    }

    @Test
    void shouldWriteTheLowestVersionThatLosesNothing() {
        TestImage plain = TestImage.of("p", 10 | Variant.IR).function("f", 1, 1).build();
        assertEquals(7, IndexedLayout.lowest(List.of(plain)).version());
        assertEquals(7, lowest(10 | Variant.IR | Variant.CONTEXT_SENSITIVE));
        assertEquals(7, lowest(8), "a front end of clang 14 to 17");
        assertEquals(11, lowest(9), "of 18");
        assertEquals(12, lowest(10), "of 19 to 21");
        assertEquals(13, lowest(11), "of 23");
        assertEquals(5, lowest(5 | Variant.IR));
        assertEquals(10, lowest(10 | Variant.IR | Variant.TEMPORAL));
        assertEquals(12, lowest(10 | Variant.IR | 1L << 55));
        TestImage vtables = TestImage.of("v", 10 | Variant.IR)
                .function("f", 1, List.of(0, 0, 1), new byte[0], 1)
                .build();
        assertEquals(12, IndexedLayout.lowest(List.of(plain, vtables)).version());
        assertEquals(List.of("vtable values"), IndexedLayout.of(7).leavesOut(vtables));
        assertEquals(List.of(), IndexedLayout.of(12).leavesOut(vtables));
        assertThrows(IllegalArgumentException.class, () -> IndexedLayout.of(15));
    }

    private static int lowest(long rawVersion) {
        return IndexedLayout.lowest(
                        List.of(TestImage.of("i", rawVersion).function("f", 1, 1, 1).build()))
                .version();
    }

    @Test
    void shouldCountWhatIsMerged() throws IOException {
        List<TestImage> images = List.of(
                TestImage.of("a", 8 | Variant.IR).function("f", 1, 1).function("g", 1, 1).build(),
                TestImage.of("b", 8 | Variant.IR).function("f", 1, 1).function("g", 2, 1).build(),
                TestImage.of("c", 8 | Variant.IR).function("f", 1, 1).function("f", 1, 1).build());
        try (IndexedProfile profile = new IndexedProfile(images, IndexedLayout.of(7))) {
            assertEquals(2, profile.merged(), "f of b and of c; g has two hashes, and of c f is twice");
        }
    }

    @Test
    void shouldKeepTheSizeThatWasTold() throws IOException {
        TestImage image = TestImage.of("a", 8 | Variant.IR).function("f", 1, 1).build();
        try (IndexedProfile profile = new IndexedProfile(List.of(image), IndexedLayout.of(7));
                IndexedFile exact = profile.with(List.of(image.snapshot()), profile.size());
                IndexedFile larger = profile.with(List.of(image.snapshot()), profile.size() + 1000)) {
            byte[] bytes = TestFiles.bytes(larger).array();
            assertEquals(profile.size() + 1000, bytes.length);
            assertArrayEquals(
                    TestFiles.bytes(exact).array(), Arrays.copyOf(bytes, (int) profile.size()));
        }
    }

    @Test
    void shouldSortAsTheCxxLibraryDoesWhereNothingIsEqual() {
        List<Integer> list = new ArrayList<>(
                new Random(1).ints(200).distinct().boxed().toList());
        List<Integer> expected = list.stream().sorted().toList();
        UnstableSort.sort(list, Integer::compare);
        assertEquals(expected, list);
    }
}
