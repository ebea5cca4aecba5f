package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Counts in raw profiles of version 8, read thousands of times faster than by llvm-profdata and without the daemon's
 * classes.
 */
final class RawCounts {
    private static final long MAGIC = 0xff6c_7072_6f66_7281L;
    private static final long VERSION = 8;
    private static final long VERSION_BITS = (1L << 55) - 1;
    private static final int HEADER = 88;
    private static final int RECORD = 48;

    private RawCounts() {}

    /** The first counter of a function, summed over all profiles of a file. */
    static long first(Path file, String function) throws IOException {
        long reference = ProfileText.reference(function);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        long sum = 0;
        for (int begin = 0; begin < bytes.limit(); begin = next(bytes, begin)) {
            sum += first(bytes.slice(begin, bytes.limit() - begin).order(ByteOrder.LITTLE_ENDIAN), reference);
        }
        return sum;
    }

    private static long first(ByteBuffer profile, long reference) {
        assertEquals(MAGIC, profile.getLong(0), "magic");
        assertEquals(VERSION, profile.getLong(8) & VERSION_BITS, "raw version");
        int records = (int) (HEADER + profile.getLong(16));
        int count = (int) profile.getLong(24);
        long counters = records + (long) count * RECORD + profile.getLong(32);
        for (int i = 0; i < count; i++) {
            int record = records + i * RECORD;
            if (profile.getLong(record) == reference) {
                // The pointer is relative to its record; the header has the distance from the first one.
                long offset = profile.getLong(record + 16) - (profile.getLong(64) - (long) i * RECORD);
                return profile.getLong((int) (counters + offset));
            }
        }
        return 0;
    }

    private static int next(ByteBuffer bytes, int begin) {
        int at = begin + Long.BYTES;
        while (at < bytes.limit() && bytes.getLong(at) != MAGIC) {
            at += Long.BYTES;
        }
        return at;
    }
}
