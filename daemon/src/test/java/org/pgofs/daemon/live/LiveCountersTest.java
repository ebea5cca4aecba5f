package org.pgofs.daemon.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The layout of the file that {@code pgofs top} reads. */
final class LiveCountersTest {
    private static ByteBuffer file() {
        ByteBuffer file = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        file.put(LiveCounters.head("größer-1", 2, 77, 16)).putLong(5).putLong(-1);
        file.put(LiveCounters.head("b", 0, 78, 3)).put(new byte[] {1, 0, 1, 0, 0, 0, 0, 0});
        return file.flip();
    }

    @Test
    void shouldFindEachImage() throws IOException {
        List<LiveCounters> images = LiveCounters.parse(file());

        assertEquals(
                List.of("größer-1", "b"),
                images.stream().map(LiveCounters::name).toList());
        assertEquals(List.of(2, 0), images.stream().map(LiveCounters::processes).toList());
        assertEquals(
                List.of(77L, 78L), images.stream().map(LiveCounters::number).toList());
        assertEquals(List.of(5L, -1L), List.of(counter(images, 0), counter(images, 8)));
        assertEquals(ByteBuffer.wrap(new byte[] {1, 0, 1}), images.get(1).counters());
        assertEquals(List.of(), LiveCounters.parse(ByteBuffer.allocate(0)));
    }

    private static long counter(List<LiveCounters> images, int offset) {
        return images.get(0).counters().getLong(offset);
    }

    @Test
    void shouldRefuseWhatIsNotComplete() {
        ByteBuffer file = file();
        int second = LiveCounters.headSize("größer-1") + 16;
        for (int size = 1; size < file.limit(); size++) {
            if (size != second) {
                ByteBuffer part = file.slice(0, size);
                assertThrows(IOException.class, () -> LiveCounters.parse(part), () -> part.limit() + " bytes");
            }
        }
        for (int at : List.of(0, 16)) {
            ByteBuffer wrong = ByteBuffer.allocate(file.limit()).put(file()).flip();
            wrong.put(at + 3, (byte) 0x80).put(at + 7, (byte) 0x80);
            assertThrows(IOException.class, () -> LiveCounters.parse(wrong), () -> "a size at " + at);
        }
    }
}
