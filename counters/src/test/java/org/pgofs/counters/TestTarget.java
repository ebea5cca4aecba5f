package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.pgofs.counters.format.ImageKey;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.RecordLayout;
import org.pgofs.counters.format.SegmentLayout;
import org.pgofs.counters.format.ValueSiteLayout;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.segment.SegmentFile;

/**
 * Publishes as a target's runtime does, with real files that are open for writing as long as the target "runs". The
 * image has two functions, of two counters and one counter; the linker's padding is 8 bytes before and 16 behind. The
 * first function, at 0x1000, has two value sites: one of calls, one of sizes. The second is at 0x2000.
 */
public final class TestTarget implements AutoCloseable {
    static final int COUNTERS = 3;
    static final int SECTION_SIZE = 8 + COUNTERS * Long.BYTES + 16;
    static final int PAGE = 4096;
    public static final int COUNTERS_AT = 2 * PAGE;
    static final int SITES_AT = 3 * PAGE;
    static final int SITES_SIZE = 2 * ValueSiteLayout.SIZE;
    static final int FILE_SIZE = 4 * PAGE;
    static final long LOAD_BIAS = 0x5500_0000_0000L;
    static final long FIRST = 0x1000;
    static final long SECOND = 0x2000;
    static final long RAW_VERSION = 8 | Variant.IR;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Path directory;
    private final long key;
    private Path path;
    private FileChannel channel;
    private long nonce;

    public TestTarget(Path directory, long key) {
        this.directory = directory;
        this.key = key;
    }

    /** A running target with its image file. */
    public static TestTarget start(Path directory, long key) throws IOException {
        TestTarget target = new TestTarget(directory, key);
        target.publishSegment(target.header());
        target.publishImage(target.image());
        return target;
    }

    public TestTarget withNonce(long newNonce) {
        nonce = newNonce;
        return this;
    }

    public ByteBuffer header() {
        ByteBuffer header = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
        byte[] name = "/usr/bin/te st".getBytes(StandardCharsets.UTF_8);
        return header.putLong(SegmentLayout.MAGIC, SegmentLayout.MAGIC_VALUE)
                .putInt(SegmentLayout.VERSION, SegmentLayout.FORMAT_VERSION)
                .putInt(SegmentLayout.PAGE_SIZE, PAGE)
                .putLong(SegmentLayout.FILE_SIZE, FILE_SIZE)
                .putLong(SegmentLayout.RAW_VERSION, RAW_VERSION)
                .putLong(SegmentLayout.IMAGE_KEY, key)
                .putLong(SegmentLayout.IMAGE_NONCE, nonce)
                .putLong(SegmentLayout.COUNTERS, COUNTERS_AT)
                .putLong(SegmentLayout.COUNTERS + Long.BYTES, SECTION_SIZE)
                .putLong(SegmentLayout.VALUE_SITES, SITES_AT)
                .putLong(SegmentLayout.VALUE_SITES + Long.BYTES, SITES_SIZE)
                .putInt(SegmentLayout.VALUE_SITE_SIZE, ValueSiteLayout.SIZE)
                .putInt(SegmentLayout.VALUE_SLOTS, ValueSiteLayout.SLOTS)
                .putLong(SegmentLayout.LOAD_BIAS, LOAD_BIAS)
                .putInt(SegmentLayout.PID, 4711)
                .putInt(SegmentLayout.PATH_SIZE, name.length)
                .put(SegmentLayout.PATH, name);
    }

    public void publishSegment(ByteBuffer header) throws IOException {
        String number = String.format("%032x", NUMBER.incrementAndGet());
        Path unfinished = directory.resolve("t-" + number);
        channel = FileChannel.open(
                unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.write(header.duplicate().rewind(), 0);
        channel.write(ByteBuffer.allocate(1), FILE_SIZE - 1);
        path = directory.resolve(SegmentFile.PREFIX + number);
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    }

    public ByteBuffer image() {
        int recordsAt = ImageLayout.SIZE;
        int size = recordsAt + 2 * RecordLayout.SIZE;
        ByteBuffer image = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        image.putLong(ImageLayout.MAGIC, ImageLayout.MAGIC_VALUE)
                .putInt(ImageLayout.VERSION, SegmentLayout.FORMAT_VERSION)
                .putInt(ImageLayout.HEADER_SIZE, ImageLayout.SIZE)
                .putLong(ImageLayout.FILE_SIZE, size)
                .putLong(ImageLayout.RAW_VERSION, RAW_VERSION)
                .putLong(ImageLayout.KEY, key)
                .putLong(ImageLayout.COUNTERS_SIZE, SECTION_SIZE)
                .putLong(ImageLayout.VALUE_SITES, 2)
                .putLong(ImageLayout.RECORDS, recordsAt)
                .putLong(ImageLayout.RECORDS + Long.BYTES, 2 * RecordLayout.SIZE);
        record(image, recordsAt, FIRST, 8, 2);
        image.putShort(recordsAt + RecordLayout.VALUE_SITES, (short) 1)
                .putShort(recordsAt + RecordLayout.VALUE_SITES + Short.BYTES, (short) 1);
        record(image, recordsAt + RecordLayout.SIZE, SECOND, 24, 1);
        return image;
    }

    private static void record(ByteBuffer image, int at, long address, long countersOffset, int counters) {
        image.putLong(at + RecordLayout.NAME_REF, address)
                .putLong(at + RecordLayout.FUNCTION, address)
                .putLong(at + RecordLayout.COUNTERS_OFFSET, countersOffset)
                .putInt(at + RecordLayout.COUNTERS, counters);
    }

    public void publishImage(ByteBuffer image) throws IOException {
        Path unfinished = directory.resolve("t-image-" + NUMBER.incrementAndGet());
        try (FileChannel file = FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.write(image.duplicate().rewind());
            Files.move(unfinished, imagePath(), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    public Path imagePath() {
        return directory.resolve(new ImageKey(0, key, 0, nonce).fileName());
    }

    public Path path() {
        return path;
    }

    /** Counts, as the program does: the counters are what it says, whatever anyone read or reset. */
    void set(long... counters) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(counters.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(counters);
        channel.write(bytes, COUNTERS_AT + 8L);
    }

    /** The epoch of value sites, as the program is told it. */
    long epoch() throws IOException {
        ByteBuffer epoch = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        channel.read(epoch, PAGE);
        return epoch.getLong(0);
    }

    /** Observes values at a site, as the program does: one slot for each pair of value and count. */
    void observe(int site, long... valuesAndCounts) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(ValueSiteLayout.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(epoch()).asLongBuffer().put(valuesAndCounts);
        channel.write(bytes.rewind(), SITES_AT + (long) site * ValueSiteLayout.SIZE);
    }

    long get(int counter) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        channel.read(bytes, COUNTERS_AT + 8L + (long) counter * Long.BYTES);
        return bytes.getLong(0);
    }

    void write(long offset, byte... bytes) throws IOException {
        channel.write(ByteBuffer.wrap(bytes), offset);
    }

    void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    /** Whether it runs. */
    boolean isOpen() {
        return channel.isOpen();
    }

    /** Ends the target: as a kill would, it leaves its file behind. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
