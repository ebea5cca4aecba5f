package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.RecordLayout;
import org.pgofs.counters.format.SegmentLayout;
import org.pgofs.counters.format.ValueSiteLayout;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.CanonicalValues;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.linux.RealChanges;
import org.pgofs.counters.segment.SegmentFile;
import org.pgofs.it.FuzzFile;

/**
 * The counters and value sites of a segment: whatever a program writes there, what is read is canonical. The segment is
 * a real file.
 */
public final class ValueAreaFuzz {
    private static final int PAGE = 4096;
    private static final int SITES = 2;
    private static final int SECTION = 48;
    private static final long FIRST = 0x1000;
    private static final long SECOND = 0x2000;
    private static final int LAST_BUCKET = 513;
    private static final int FILE_SIZE = 4 * PAGE;

    private static final StoredImage IMAGE = image();
    private static final Path FILE = FuzzFile.make(".segment");

    private ValueAreaFuzz() {}

    private static StoredImage image() {
        int recordsAt = ImageLayout.SIZE;
        int size = recordsAt + 2 * RecordLayout.SIZE;
        ByteBuffer image = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        image.putLong(ImageLayout.MAGIC, ImageLayout.MAGIC_VALUE)
                .putInt(ImageLayout.VERSION, SegmentLayout.FORMAT_VERSION)
                .putInt(ImageLayout.HEADER_SIZE, ImageLayout.SIZE)
                .putLong(ImageLayout.FILE_SIZE, size)
                .putLong(ImageLayout.RAW_VERSION, 8 | Variant.IR)
                .putLong(ImageLayout.COUNTERS_SIZE, SECTION)
                .putLong(ImageLayout.VALUE_SITES, SITES)
                .putLong(ImageLayout.RECORDS, recordsAt)
                .putLong(ImageLayout.RECORDS + Long.BYTES, 2 * RecordLayout.SIZE);
        for (int i = 0; i < 2; i++) {
            int at = recordsAt + i * RecordLayout.SIZE;
            image.putLong(at + RecordLayout.FUNCTION, i == 0 ? FIRST : SECOND)
                    .putLong(at + RecordLayout.COUNTERS_OFFSET, 8 + 16L * i)
                    .putInt(at + RecordLayout.COUNTERS, 2);
        }
        image.putShort(recordsAt + RecordLayout.VALUE_SITES, (short) 1)
                .putShort(recordsAt + RecordLayout.VALUE_SITES + Short.BYTES, (short) 1);
        try {
            return StoredImage.read(image.array(), "program", name -> false);
        } catch (InvalidFileException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Tries one.
     *
     * @param input the counters, and behind them the value sites
     */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            write(input);
            try (SegmentFile segment = SegmentFile.open(FILE, RealChanges.INSTANCE)) {
                Counts counts = Counts.none(IMAGE);
                MemberReader reader = new MemberReader();
                reader.addValues(segment, IMAGE, counts.values());
                reader.addMarks(segment, IMAGE, counts.marks());
                reader.addCounters(segment, IMAGE.countersBegin(), counts.counters());
                counts.values().forEach((site, value, count) -> check(value, count));
                counts.toSnapshot(IMAGE);
            }
        } catch (IOException | InvalidFileException e) {
            throw new AssertionError(e);
        }
    }

    private static void write(byte[] input) throws IOException {
        ByteBuffer file = ByteBuffer.allocate(FILE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(SegmentLayout.MAGIC, SegmentLayout.MAGIC_VALUE)
                .putInt(SegmentLayout.VERSION, SegmentLayout.FORMAT_VERSION)
                .putInt(SegmentLayout.PAGE_SIZE, PAGE)
                .putLong(SegmentLayout.FILE_SIZE, FILE_SIZE)
                .putLong(SegmentLayout.COUNTERS, 2 * PAGE)
                .putLong(SegmentLayout.COUNTERS + Long.BYTES, SECTION)
                .putLong(SegmentLayout.VALUE_SITES, 3 * PAGE)
                .putLong(SegmentLayout.VALUE_SITES + Long.BYTES, SITES * ValueSiteLayout.SIZE)
                .putInt(SegmentLayout.VALUE_SITE_SIZE, ValueSiteLayout.SIZE)
                .putInt(SegmentLayout.VALUE_SLOTS, ValueSiteLayout.SLOTS);
        file.put(2 * PAGE, Arrays.copyOf(input, SECTION));
        if (input.length > SECTION) {
            file.put(3 * PAGE, Arrays.copyOfRange(input, SECTION, Math.min(input.length, SECTION + PAGE)));
        }
        try (FileChannel channel = FileChannel.open(FILE, StandardOpenOption.WRITE)) {
            channel.write(file, 0);
        }
    }

    private static void check(long value, long count) {
        if (count <= 0
                || value < 0
                || (value > LAST_BUCKET
                        && !isExternal(value)
                        && !Set.of(FIRST, SECOND).contains(value))) {
            throw new AssertionError(value + ", " + count + " times");
        }
    }

    private static boolean isExternal(long value) {
        return (value & -PAGE) == CanonicalValues.EXTERNAL;
    }
}
