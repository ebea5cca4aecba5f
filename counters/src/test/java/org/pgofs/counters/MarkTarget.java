package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.pgofs.counters.format.ControlLayout;
import org.pgofs.counters.format.ImageKey;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.RecordLayout;
import org.pgofs.counters.format.SegmentLayout;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.segment.SegmentFile;

/**
 * Publishes an image of marks as a target's runtime does, with real files. It has two functions, each with 4 byte
 * counters, or a time and counters, and a bitmap of 2 bytes. All sections have padding at both ends.
 */
final class MarkTarget implements AutoCloseable {
    static final long BYTES = 10 | Variant.BYTE_COVERAGE;
    static final long TIMES = 10 | Variant.IR | Variant.TEMPORAL;
    static final long BYTES_AND_TIMES = 10 | Variant.IR | Variant.TEMPORAL | Variant.BYTE_COVERAGE;

    private static final int PAGE = 4096;
    private static final int PADDING = 8;
    private static final int COUNTERS_AT = 2 * PAGE;
    private static final int BITMAPS_AT = 3 * PAGE;
    private static final int BITMAPS = 4;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Path directory;
    private final long rawVersion;
    private final int functionSize;
    private final int counters;
    private final Path path;
    private final FileChannel channel;

    /** A running target; its image file is written if there is none. */
    MarkTarget(Path directory, long rawVersion) throws IOException {
        this(directory, rawVersion, rawVersion == BYTES ? 4 : rawVersion == TIMES ? 16 : 12);
    }

    /** A running target with functions of another size. */
    MarkTarget(Path directory, long rawVersion, int functionSize) throws IOException {
        this.directory = directory;
        this.rawVersion = rawVersion;
        this.functionSize = functionSize;
        counters = 2 * functionSize;
        String name = String.format("f%031x", NUMBER.incrementAndGet());
        Path unfinished = directory.resolve("t-" + name);
        channel = FileChannel.open(
                unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.write(segmentHeader().rewind(), 0);
        channel.write(ByteBuffer.allocate(1), 4 * PAGE - 1);
        byte[] unset = new byte[counters];
        Arrays.fill(unset, unset());
        channel.write(ByteBuffer.wrap(unset), COUNTERS_AT + PADDING);
        path = directory.resolve(SegmentFile.PREFIX + name);
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        publishImage();
    }

    private boolean bytes() {
        return Variant.counterSize(rawVersion) == 1;
    }

    private byte unset() {
        return (byte) (bytes() ? -1 : 0);
    }

    private ByteBuffer segmentHeader() {
        return ByteBuffer.allocate(PAGE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(SegmentLayout.MAGIC, SegmentLayout.MAGIC_VALUE)
                .putInt(SegmentLayout.VERSION, SegmentLayout.FORMAT_VERSION)
                .putInt(SegmentLayout.PAGE_SIZE, PAGE)
                .putLong(SegmentLayout.FILE_SIZE, 4 * PAGE)
                .putLong(SegmentLayout.RAW_VERSION, rawVersion)
                .putLong(SegmentLayout.IMAGE_KEY, rawVersion)
                .putLong(SegmentLayout.COUNTERS, COUNTERS_AT)
                .putLong(SegmentLayout.COUNTERS + Long.BYTES, counters + 2 * PADDING)
                .putLong(SegmentLayout.BITMAPS, BITMAPS_AT)
                .putLong(SegmentLayout.BITMAPS + Long.BYTES, BITMAPS + 2 * PADDING);
    }

    private void publishImage() throws IOException {
        int size = ImageLayout.SIZE + 2 * RecordLayout.SIZE;
        ByteBuffer image = ByteBuffer.allocate(size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(ImageLayout.MAGIC, ImageLayout.MAGIC_VALUE)
                .putInt(ImageLayout.VERSION, SegmentLayout.FORMAT_VERSION)
                .putInt(ImageLayout.HEADER_SIZE, ImageLayout.SIZE)
                .putLong(ImageLayout.FILE_SIZE, size)
                .putLong(ImageLayout.RAW_VERSION, rawVersion)
                .putLong(ImageLayout.KEY, rawVersion)
                .putLong(ImageLayout.COUNTERS_SIZE, counters + 2 * PADDING)
                .putLong(ImageLayout.BITMAPS_SIZE, BITMAPS + 2 * PADDING)
                .putLong(ImageLayout.RECORDS, ImageLayout.SIZE)
                .putLong(ImageLayout.RECORDS + Long.BYTES, 2 * RecordLayout.SIZE);
        for (int i = 0; i < 2; i++) {
            int at = ImageLayout.SIZE + i * RecordLayout.SIZE;
            image.putLong(at + RecordLayout.NAME_REF, i + 1)
                    .putLong(at + RecordLayout.COUNTERS_OFFSET, PADDING + i * functionSize)
                    .putInt(at + RecordLayout.COUNTERS, functionSize / Variant.counterSize(rawVersion))
                    .putLong(at + RecordLayout.BITMAP_OFFSET, PADDING + 2 * i)
                    .putInt(at + RecordLayout.BITMAP_SIZE, 2);
        }
        Path file = directory.resolve(new ImageKey(0, rawVersion, 0, 0).fileName());
        if (!Files.exists(file)) {
            Path unfinished = directory.resolve("t-image-" + NUMBER.incrementAndGet());
            // It is open until it has its name: a store deletes one that is not and that nobody writes any more.
            try (FileChannel opened =
                    FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                opened.write(image.rewind());
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    /** Sets counters or a part of a time, as the program does. */
    void put(int offset, int... values) throws IOException {
        write(COUNTERS_AT + PADDING + offset, values);
    }

    /** Sets bits, as the program does. */
    void putBits(int offset, int... values) throws IOException {
        write(BITMAPS_AT + PADDING + offset, values);
    }

    private void write(long at, int... values) throws IOException {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        channel.write(ByteBuffer.wrap(bytes), at);
    }

    byte[] counters() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(counters);
        channel.read(bytes, COUNTERS_AT + PADDING);
        return bytes.array();
    }

    byte[] bitmaps() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BITMAPS);
        channel.read(bytes, BITMAPS_AT + PADDING);
        return bytes.array();
    }

    Path path() {
        return path;
    }

    /** Whether it runs. */
    boolean isOpen() {
        return channel.isOpen();
    }

    /** As if the daemon had died before it noted that the marks are cleared. */
    void forgetThatItWasCleared() throws IOException {
        channel.write(ByteBuffer.allocate(Long.BYTES), PAGE + ControlLayout.CLEARED_EPOCH);
    }

    void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    int countersAt() {
        return COUNTERS_AT + PADDING;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
