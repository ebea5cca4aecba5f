package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** A carry on disk: magic u64, number of sums u64, CRC-32C of the sums u64, then the sums as s64, little-endian. */
final class CarryFile {
    private static final long MAGIC = 0x3159525243474750L; // "PGGCRRY1"
    private static final int COUNT = Long.BYTES;
    private static final int CHECKSUM = COUNT + Long.BYTES;
    private static final int HEADER_SIZE = CHECKSUM + Long.BYTES;

    private CarryFile() {}

    static void write(Path path, CounterSum carry) throws IOException {
        long[] sums = carry.values();
        ByteBuffer file =
                ByteBuffer.allocate(HEADER_SIZE + sums.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.position(HEADER_SIZE);
        file.slice().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(sums);
        file.putLong(0, MAGIC).putLong(COUNT, sums.length).putLong(CHECKSUM, checksum(file.slice()));
        file.rewind();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (file.hasRemaining()) {
                channel.write(file);
            }
        }
    }

    /**
     * Reads a carry.
     *
     * @param counters how many sums it must have
     * @throws IOException if it cannot be read, or is not what was written
     */
    static CounterSum read(Path path, int counters) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        if (file.limit() != HEADER_SIZE + (long) counters * Long.BYTES
                || file.getLong(0) != MAGIC
                || file.getLong(COUNT) != counters) {
            throw damaged(path);
        }
        ByteBuffer sums = file.position(HEADER_SIZE).slice().order(ByteOrder.LITTLE_ENDIAN);
        if (file.getLong(CHECKSUM) != checksum(sums.duplicate())) {
            throw damaged(path);
        }
        long[] values = new long[counters];
        sums.asLongBuffer().get(values);
        return new CounterSum(values);
    }

    private static IOException damaged(Path path) {
        return new IOException(
                path + " is damaged: move it and the manifest beside it away to start without old counts");
    }

    private static long checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }
}
