package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.Variant;

/** A file has the size that it was said to have, whatever values there are. */
class FittingValuesTest {
    private static final int PAIR = 16;

    private final List<TestImage> images = List.of(image("a", 5, 100, 1), image("b", 50, 7, 3));
    private final RawProfileSequence sequence = TestFiles.profiles(images, 8);
    private final List<Snapshot> snapshots =
            images.stream().map(TestImage::snapshot).toList();

    private static TestImage image(String name, long first, long second, long third) {
        TestImage.Builder builder = TestImage.of(name, 8 | Variant.IR);
        int site = builder.firstSite();
        return builder.value(site, 1, first)
                .value(site, 2, second)
                .value(site + 1, 8, third)
                .function(name + 0, 1, List.of(1, 1, 0), new byte[0], 9)
                .build();
    }

    private List<ValueCounts> fitting(int room) {
        return sequence.fitting(snapshots, sequence.sizeWith(room)).stream()
                .map(Snapshot::values)
                .toList();
    }

    private static List<Map<Long, Long>> values(TestImage image, ValueCounts values) {
        int site = image.valueSite(0);
        return List.of(values.at(site), values.at(site + 1));
    }

    @Test
    void shouldKeepWhatHasRoom() {
        assertSame(snapshots.get(0).values(), fitting(6).get(0));
        assertSame(snapshots.get(1).values(), fitting(100).get(1));
    }

    @Test
    void shouldKeepTheMostFrequentOfAll() {
        List<ValueCounts> kept = fitting(3);
        assertEquals(List.of(Map.of(2L, 100L), Map.of()), values(images.get(0), kept.get(0)));
        assertEquals(List.of(Map.of(1L, 50L, 2L, 7L), Map.of()), values(images.get(1), kept.get(1)));
        assertEquals(0, fitting(0).get(0).size());
    }

    @Test
    void shouldHaveTheSizeToTheByte() throws MalformedProfileException {
        ByteBuffer exact = TestFiles.bytes(sequence.with(snapshots));
        for (int room = 0; room < 12; room++) {
            long size = sequence.sizeWith(room);
            List<ValueCounts> kept = fitting(room);
            List<Snapshot> cut = List.of(
                    snapshots.get(0).withValues(kept.get(0)), snapshots.get(1).withValues(kept.get(1)));
            ByteBuffer file = TestFiles.bytes(sequence.with(cut, size));
            assertEquals(size, file.limit());
            assertEquals(Math.min(room, 6), kept.get(0).size() + kept.get(1).size());
            assertEquals(2, RawProfileReader.readAll(file).size());
            if (room >= 6) {
                assertEquals(exact, file.slice(0, exact.limit()));
                assertEquals(ByteBuffer.allocate((room - 6) * PAIR), file.slice(exact.limit(), (room - 6) * PAIR));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> sequence.with(snapshots, exact.limit() - 1L));
    }
}
