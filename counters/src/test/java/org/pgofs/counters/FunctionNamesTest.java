package org.pgofs.counters;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.RecordLayout;
import org.pgofs.counters.image.Names;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.limits.ReadingTime;

/** Names that a status tells, by clocks on which to unfold some takes a second, and nothing else does. */
class FunctionNamesTest {
    private static final int ROOT = 0;
    private static final int USER = 1000;

    private final ReentrantLock lock = new ReentrantLock();
    private long seconds;
    private final FunctionNames names = new FunctionNames(
            lock, new ReadingTime(() -> TimeUnit.SECONDS.toNanos(seconds), () -> TimeUnit.SECONDS.toNanos(seconds++)));

    /** An image of two functions, of which the first has a name. */
    private static StoredImage imageWithName(String name) throws InvalidFileException {
        byte[] bytes = name.getBytes(US_ASCII);
        ByteBuffer image = new TestTarget(Path.of("/"), 1).image();
        int begin = image.capacity();
        ByteBuffer file = ByteBuffer.allocate(begin + 3 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(image.rewind());
        file.put((byte) (bytes.length | 128))
                .put((byte) (bytes.length >> 7))
                .put((byte) 0)
                .put(bytes);
        file.putLong(ImageLayout.SIZE + RecordLayout.NAME_REF, new Names.Hash().of(bytes, 0, bytes.length))
                .putLong(ImageLayout.FILE_SIZE, file.capacity())
                .putLong(ImageLayout.NAMES, begin)
                .putLong(ImageLayout.NAMES + Long.BYTES, 3 + bytes.length);
        return StoredImage.restore(file.array(), "any");
    }

    @Test
    void shouldCutLongNames() throws InvalidFileException {
        String longest = "x".repeat(Names.PRINTED);
        assertEquals(List.of(longest), names.of(imageWithName(longest), ROOT, List.of(0)));
        assertEquals(
                List.of(longest + "...", "0000000000002000"),
                names.of(imageWithName(longest + "y".repeat(9999)), ROOT, List.of(0, 1)));
    }

    /** Each status asks for them. */
    @Test
    void shouldUnfoldNamesOnce() throws InvalidFileException {
        String name = "x".repeat(150);
        StoredImage image = imageWithName(name);
        for (int i = 0; i < 100; i++) {
            assertEquals(List.of(name, "0000000000002000"), names.of(image, ROOT, List.of(0, 1)));
            assertEquals(List.of("0000000000002000", name), names.of(image, ROOT, List.of(1, 0)));
        }
        assertEquals(150, names.unfolded());
        assertEquals(List.of(), names.of(imageWithName(name), ROOT, List.of()));
        assertEquals(150, names.unfolded(), "nothing was asked for");
    }

    /** Counters of a hostile program go above 2^56 in one function after the other. */
    @Test
    void shouldUnfoldNoMoreThanTheUserHasTimeFor() throws InvalidFileException {
        String name = "x".repeat(150);
        List<StoredImage> images = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            images.add(imageWithName(name));
        }
        for (StoredImage image : images) {
            names.of(image, USER, List.of(0));
            names.of(image, USER, List.of(1));
        }
        long atOnce = TimeUnit.NANOSECONDS.toSeconds(ReadingTime.AT_ONCE_NS) + 1;
        long most = (atOnce + seconds / ReadingTime.SHARE) * name.length();
        assertTrue(names.unfolded() <= most, names.unfolded() + " bytes, more than " + most);

        StoredImage next = imageWithName(name);
        String number = Names.number(next.nameRef(0));
        assertEquals(List.of(number), names.of(next, USER, List.of(0)));
        assertEquals(List.of(name), names.of(images.get(0), USER, List.of(0)), "is known");
        seconds += 1000;
        assertEquals(List.of(name), names.of(next, USER, List.of(0)));
    }

    @Test
    void shouldNotUnfoldUnderTheStoresLock() throws InvalidFileException {
        StoredImage image = imageWithName("x".repeat(150));
        lock.lock();
        assertThrows(IllegalStateException.class, () -> names.of(image, ROOT, List.of(0)));
    }
}
