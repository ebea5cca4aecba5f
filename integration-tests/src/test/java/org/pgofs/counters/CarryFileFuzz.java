package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.pgofs.counters.state.CarryFile;
import org.pgofs.counters.state.StateFile.DamagedException;

/** Carry files; with the right checksum, or none would be read. */
public final class CarryFileFuzz {
    private static final int CHECKSUM_AT = 24;
    private static final int HEADER_SIZE = 32;

    private CarryFileFuzz() {}

    /**
     * Tries one.
     *
     * @param input a file, whose checksum is made right
     */
    public static void fuzzerTestOneInput(byte[] input) {
        byte[] bytes = input.clone();
        if (bytes.length >= HEADER_SIZE) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, 0, CHECKSUM_AT);
            crc.update(bytes, HEADER_SIZE, bytes.length - HEADER_SIZE);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(CHECKSUM_AT, crc.getValue());
        }
        try {
            CarryFile.decode(bytes, "carry").manifest();
        } catch (DamagedException | IOException e) {
            // As documented.
        }
    }
}
