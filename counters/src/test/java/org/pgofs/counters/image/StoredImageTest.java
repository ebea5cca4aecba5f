package org.pgofs.counters.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.TestTarget;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.Processor;

/** What is kept of image files beside their bytes. */
class StoredImageTest {
    /** The image of a test target with something behind it. */
    private static StoredImage image(ByteBuffer part, int field) throws InvalidFileException {
        return image(part, field, new TestTarget(Path.of("/"), 1).image());
    }

    private static StoredImage image(ByteBuffer part, int field, ByteBuffer image) throws InvalidFileException {
        int begin = image.capacity();
        ByteBuffer bytes = ByteBuffer.allocate(begin + part.remaining())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(image.rewind());
        bytes.putLong(ImageLayout.FILE_SIZE, bytes.capacity())
                .putLong(field, begin)
                .putLong(field + Long.BYTES, part.remaining())
                .put(part);
        return StoredImage.restore(bytes.array(), "any");
    }

    private static ByteBuffer binaryIds(int count, int size) {
        ByteBuffer ids = ByteBuffer.allocate(count * (Long.BYTES + size)).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < ids.capacity(); at += Long.BYTES + size) {
            ids.putLong(at, size);
        }
        return ids;
    }

    @Test
    void shouldRefuseBinaryIdsThatNoLinkerMakes() throws InvalidFileException {
        assertEquals(
                "00".repeat(64),
                image(binaryIds(16, 64), ImageLayout.BINARY_IDS).buildId());
        assertRefused("has a binary id of 72 bytes", binaryIds(1, 72));
        assertRefused("has a binary id of 104857600 bytes", binaryIds(1, 100 << 20));
        assertRefused("has more than 16 binary ids", binaryIds(17, 8));
    }

    private static StoredImage ofMachine(int machine) throws InvalidFileException {
        ByteBuffer image = new TestTarget(Path.of("/"), 1).image();
        byte[] bytes = new byte[image.capacity()];
        image.putShort(ImageLayout.HEADER_SIZE + Short.BYTES, (short) machine).get(0, bytes);
        return StoredImage.restore(bytes, "any");
    }

    /** A runtime that does not tell is one for x86-64. */
    @Test
    void shouldTellImagesForTwoProcessorsApart() throws InvalidFileException {
        assertEquals(Processor.X86_64, ofMachine(0).processor());
        assertEquals(Processor.AARCH64, ofMachine(183).processor());
        assertNotEquals(ofMachine(0).digest(), ofMachine(183).digest());
        assertEquals(
                "is for a machine that this daemon does not know: 62",
                assertThrows(InvalidFileException.class, () -> ofMachine(62)).getMessage());
    }

    private static void assertRefused(String reason, ByteBuffer binaryIds) {
        InvalidFileException refusal =
                assertThrows(InvalidFileException.class, () -> image(binaryIds, ImageLayout.BINARY_IDS));
        assertEquals(reason, refusal.getMessage());
    }
}
