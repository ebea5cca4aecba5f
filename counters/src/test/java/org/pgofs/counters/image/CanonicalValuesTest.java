package org.pgofs.counters.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.TestTarget;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.RecordLayout;

/** Addresses in vtables, of which an image may have very many. */
class CanonicalValuesTest {
    private static final int SITE = 1;

    private record Vtable(long address, int size) {
        boolean has(long value) {
            return Long.compareUnsigned(value, address) >= 0
                    && Long.compareUnsigned(value - address, Integer.toUnsignedLong(size)) < 0;
        }
    }

    private static CanonicalValues values(List<Vtable> vtables) throws InvalidFileException {
        ByteBuffer image = new TestTarget(Path.of("/"), 1).image();
        int begin = image.capacity();
        ByteBuffer bytes = ByteBuffer.allocate(begin + vtables.size() * ImageLayout.VTABLE_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(image.rewind());
        vtables.forEach(vtable ->
                bytes.putLong(0).putLong(vtable.address).putInt(vtable.size).putInt(0));
        bytes.putLong(ImageLayout.FILE_SIZE, bytes.capacity())
                .putLong(ImageLayout.VTABLES, begin)
                .putLong(ImageLayout.VTABLES + Long.BYTES, bytes.capacity() - begin)
                .putInt(ImageLayout.SIZE + RecordLayout.VALUE_SITES, 1) // one of calls, none of sizes
                .putShort(ImageLayout.SIZE + RecordLayout.VALUE_SITES + 2 * Short.BYTES, (short) 1);
        return StoredImage.restore(bytes.array(), "any").values();
    }

    /** The same for all processes, wherever the other image is. */
    private static long external(long address) {
        return CanonicalValues.EXTERNAL | (address & 0xfff);
    }

    /** Around addresses where signed and unsigned order differ, and the end of all. */
    @ParameterizedTest
    @ValueSource(longs = {0, 0x4000, Long.MIN_VALUE - 100, -200})
    void shouldKnowAnAddressInAnyVtable(long from) throws InvalidFileException {
        Random random = new Random(from);
        LinkTimes moved = new LinkTimes(7);
        for (int i = 0; i < 200; i++) {
            List<Vtable> vtables = new ArrayList<>();
            for (int count = 1 + random.nextInt(8); count > 0; count--) {
                int size = random.nextInt(10) == 0 ? -1 - random.nextInt(100) : random.nextInt(40);
                vtables.add(new Vtable(from + random.nextInt(200), size));
            }
            CanonicalValues values = values(vtables);
            for (long address = from - 10; address != from + 260; address++) {
                long linked = address;
                boolean known = vtables.stream().anyMatch(vtable -> vtable.has(linked));
                assertEquals(known ? address : external(address + 7), values.of(SITE, address + 7, moved));
            }
        }
    }

    /** All of it happens under the lock of the store. */
    @Test
    @Timeout(300) // one by one it would be half an hour
    void shouldNotGoThroughAllVtablesForEachValue() throws InvalidFileException {
        List<Vtable> vtables = new ArrayList<>();
        for (int i = 0; i < 1_000_000; i++) {
            vtables.add(new Vtable(0x1000 + 64L * i, 40));
        }
        CanonicalValues values = values(vtables);
        LinkTimes linkTimes = new LinkTimes(0);
        for (long i = 0; i < 1_000_000; i++) {
            long address = 0x1000 + i;
            assertEquals(i % 64 < 40 ? address : external(address), values.of(SITE, address, linkTimes));
        }
    }
}
