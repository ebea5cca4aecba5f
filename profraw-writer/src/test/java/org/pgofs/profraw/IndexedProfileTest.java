package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.Variant;
import org.pgofs.profdata.IndexedFile;
import org.pgofs.profdata.IndexedProfile;
import org.pgofs.profdata.SharedFunctions;
import org.pgofs.profdata.format.IndexedLayout;

class IndexedProfileTest {
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
        return IndexedLayout.lowest(List.of(
                        TestImage.of("i", rawVersion).function("f", 1, 1, 1).build()))
                .version();
    }

    @Test
    void shouldCountWhatImagesShare() {
        List<TestImage> images = List.of(
                TestImage.of("a", 8 | Variant.IR)
                        .function("f", 1, 1)
                        .function("g", 1, 1)
                        .build(),
                TestImage.of("b", 8 | Variant.IR)
                        .function("f", 1, 1)
                        .function("g", 2, 1)
                        .build(),
                TestImage.of("c", 8 | Variant.IR)
                        .function("f", 1, 1)
                        .function("f", 1, 1)
                        .build());
        assertEquals(2, SharedFunctions.count(images), "f of b and of c; g has two hashes, and of c f is twice");
        assertEquals(0, SharedFunctions.count(images.subList(2, 3)));
    }

    @Test
    void shouldKeepTheSizeThatWasTold() throws IOException {
        TestImage image = TestImage.of("a", 8 | Variant.IR).function("f", 1, 1).build();
        IndexedProfile profile = new IndexedProfile(List.of(image), IndexedLayout.of(7));
        try (IndexedFile exact = profile.with(List.of(image.snapshot()), profile.size());
                IndexedFile larger = profile.with(List.of(image.snapshot()), profile.size() + 1000)) {
            byte[] bytes = TestFiles.bytes(larger).array();
            assertEquals(profile.size() + 1000, bytes.length);
            assertArrayEquals(TestFiles.bytes(exact).array(), Arrays.copyOf(bytes, (int) profile.size()));
        }
    }

    @Test
    void shouldRefuseASizeThatIsTooSmall() throws IOException {
        TestImage image = TestImage.of("a", 8 | Variant.IR).function("f", 1, 1).build();
        IndexedProfile profile = new IndexedProfile(List.of(image), IndexedLayout.of(7));
        assertThrows(IllegalArgumentException.class, () -> profile.with(List.of(image.snapshot()), profile.size() - 1));
    }

    /** The bytes are made when they are read: wherever a reader begins and ends, they are those of the whole. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 61, 4096, 100_003})
    void shouldGiveTheSameBytesInPiecesOfAnySize(int size) throws IOException {
        for (int seed = 0; seed < 8; seed++) {
            List<TestImage> images = new RandomImages(seed).images();
            List<Snapshot> snapshots = images.stream().map(TestImage::snapshot).toList();
            long values = snapshots.stream().mapToLong(s -> s.values().size()).sum();
            IndexedProfile profile = new IndexedProfile(images, IndexedLayout.of(14));
            try (IndexedFile file = profile.with(snapshots, profile.sizeWith(values))) {
                ByteBuffer whole = TestFiles.bytes(file);
                for (int begin = 0; begin < whole.limit(); begin += Math.max(size, whole.limit() / 1000)) {
                    ByteBuffer piece = ByteBuffer.allocate(size);
                    file.read(begin, piece);
                    assertEquals(
                            whole.slice(begin, piece.position()), piece.flip(), "at " + begin + " of seed " + seed);
                }
            }
        }
    }
}
