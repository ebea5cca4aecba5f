package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.RecordLayout;
import org.pgofs.counters.format.SegmentLayout;

/**
 * Each word of the header of a segment, of an image file and of a record at every edge: the store drops the file, or can
 * read and freeze it; and it sees what comes after.
 */
class HeaderFieldsTest extends StoreFixture {
    private static final List<Long> EDGES = List.of(
            0L,
            1L,
            -1L,
            (long) Integer.MAX_VALUE,
            1L << 31,
            (1L << 32) - 1,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            4095L,
            4096L,
            4097L,
            (long) TestTarget.FILE_SIZE,
            TestTarget.FILE_SIZE - 1L,
            TestTarget.FILE_SIZE + 1L);

    private void tryAll(int end, boolean image) throws IOException {
        List<Integer> offsets = IntStream.iterate(0, at -> at < end, at -> at + Integer.BYTES)
                .boxed()
                .toList();
        for (int offset : offsets) {
            for (long edge : EDGES) {
                for (boolean wide : List.of(false, true)) {
                    if (!wide || offset % Long.BYTES == 0) {
                        tryOne(offset, edge, wide, image);
                    }
                }
            }
        }
        TestTarget good = TestTarget.start(path, 1L << 40);
        good.set(1, 2, 3);
        assertEquals(
                1,
                store.freeze(images -> images).stream()
                        .filter(snapshot -> snapshot.counters().remaining() == TestTarget.COUNTERS * Long.BYTES)
                        .filter(snapshot -> List.of(1L, 2L, 3L)
                                .equals(Stream.of(0, 8, 16)
                                        .map(snapshot.counters()::getLong)
                                        .toList()))
                        .count());
        good.close();
    }

    private void tryOne(int offset, long edge, boolean wide, boolean image) throws IOException {
        try (TestTarget target = new TestTarget(path, offset * 100L + EDGES.indexOf(edge) * 2L + (wide ? 1 : 0))) {
            ByteBuffer segment = target.header();
            ByteBuffer file = target.image();
            ByteBuffer changed = image ? file : segment;
            if (wide) {
                changed.putLong(offset, edge);
            } else {
                changed.putInt(offset, (int) edge);
            }
            target.publishSegment(segment);
            target.publishImage(file);
            store.images();
        }
    }

    @Test
    void shouldBearAnySegmentHeader() throws IOException {
        tryAll(SegmentLayout.PATH, false);
    }

    @Test
    void shouldBearAnyImageHeaderAndRecord() throws IOException {
        tryAll(ImageLayout.SIZE + RecordLayout.SIZE, true);
    }
}
