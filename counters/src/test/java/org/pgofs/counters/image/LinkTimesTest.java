package org.pgofs.counters.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Addresses of processes whose dynamic linker took some functions and vtables from other images. */
class LinkTimesTest {
    private static final long BIAS = 0x5500_0000_0000L;

    /** Addresses, link-time addresses and sizes. */
    private static LinkTimes linkTimes(long... numbers) {
        ByteBuffer entries = ByteBuffer.allocate(numbers.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        entries.asLongBuffer().put(numbers);
        return new LinkTimes(BIAS, entries);
    }

    @Test
    void shouldTakeWhatIsOfNoOtherImageForItsOwn() {
        assertEquals(0x1000, new LinkTimes(BIAS).of(BIAS + 0x1000));
        LinkTimes linkTimes = linkTimes(0x7f00_0000_2000L, 0x1000, 1, 0x7f00_0000_1000L, 0x4000, 40);
        assertEquals(0x1000, linkTimes.of(BIAS + 0x1000));
        assertEquals(0x7f00_0000_2001L - BIAS, linkTimes.of(0x7f00_0000_2001L));
        assertEquals(0x7f00_0000_1028L - BIAS, linkTimes.of(0x7f00_0000_1028L));
        assertEquals(0x7f00_0000_0fffL - BIAS, linkTimes.of(0x7f00_0000_0fffL));
    }

    @Test
    void shouldKnowWhatIsOfAnotherImage() {
        LinkTimes linkTimes = linkTimes(0x7f00_0000_2000L, 0x1000, 1, 0x7f00_0000_1000L, 0x4000, 40, -16, 0x5000, 16);
        assertEquals(0x1000, linkTimes.of(0x7f00_0000_2000L));
        assertEquals(0x4000, linkTimes.of(0x7f00_0000_1000L));
        assertEquals(0x4000 + 39, linkTimes.of(0x7f00_0000_1027L));
        assertEquals(0x500f, linkTimes.of(-1));
    }

    /** Whoever writes the segment may say anything. */
    @Test
    void shouldAnswerWhateverItIsTold() {
        Random random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            long[] numbers = random.longs(3L * random.nextInt(20)).toArray();
            LinkTimes linkTimes = linkTimes(numbers);
            for (long number : numbers) {
                linkTimes.of(number);
                linkTimes.of(number - 1);
            }
        }
    }
}
