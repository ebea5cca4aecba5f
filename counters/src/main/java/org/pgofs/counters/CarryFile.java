package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Counts on disk, little-endian: magic u64, number of sums u64, number of observed values u64, CRC-32C of all that
 * follows u64; the sums as s64; the marks, see {@link Marks#put}; the values, each as site u64, value u64, count s64.
 */
final class CarryFile {
    private static final long MAGIC = 0x3159525243474750L; // "PGGCRRY1"
    private static final int SUMS = Long.BYTES;
    private static final int VALUES = SUMS + Long.BYTES;
    private static final int CHECKSUM = VALUES + Long.BYTES;
    private static final int HEADER_SIZE = CHECKSUM + Long.BYTES;
    private static final int VALUE_SIZE = 3 * Long.BYTES;

    private CarryFile() {}

    static void write(Path path, Counts counts) throws IOException {
        long[] sums = counts.counters().values();
        int values =
                counts.values().sites().values().stream().mapToInt(Map::size).sum();
        int marks = counts.marks().size();
        ByteBuffer file = ByteBuffer.allocate(HEADER_SIZE + sums.length * Long.BYTES + marks + values * VALUE_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.position(HEADER_SIZE);
        for (long sum : sums) {
            file.putLong(sum);
        }
        counts.marks().put(file);
        counts.values()
                .sites()
                .forEach((site, observed) -> observed.forEach(
                        (value, count) -> file.putLong(site).putLong(value).putLong(count)));
        file.putLong(0, MAGIC).putLong(SUMS, sums.length).putLong(VALUES, values);
        file.putLong(CHECKSUM, checksum(file)).rewind();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (file.hasRemaining()) {
                channel.write(file);
            }
        }
    }

    /**
     * Reads counts.
     *
     * @param image whose counts they are
     * @throws IOException if they cannot be read, or are not what was written
     */
    static Counts read(Path path, StoredImage image) throws IOException {
        Marks marks = Marks.none(image);
        int counters = image.sums();
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        long size = file.limit() - HEADER_SIZE - (long) counters * Long.BYTES - marks.size();
        if (size < 0
                || size % VALUE_SIZE != 0
                || file.getLong(0) != MAGIC
                || file.getLong(SUMS) != counters
                || file.getLong(VALUES) != size / VALUE_SIZE
                || file.getLong(CHECKSUM) != checksum(file)) {
            throw new IOException(
                    path + " is damaged: move it and the manifest beside it away to start without old counts");
        }
        file.position(HEADER_SIZE);
        long[] sums = new long[counters];
        for (int i = 0; i < counters; i++) {
            sums[i] = file.getLong();
        }
        marks.get(file);
        ValueCounts values = new ValueCounts();
        while (file.hasRemaining()) {
            values.add((int) file.getLong(), file.getLong(), file.getLong());
        }
        return new Counts(new CounterSum(sums), values, marks);
    }

    private static long checksum(ByteBuffer file) {
        CRC32C crc = new CRC32C();
        crc.update(file.slice(HEADER_SIZE, file.limit() - HEADER_SIZE));
        return crc.getValue();
    }
}
