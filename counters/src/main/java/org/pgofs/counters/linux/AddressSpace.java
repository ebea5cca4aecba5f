package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The memory of something that runs, or ran, by its own addresses; it is only read. */
public interface AddressSpace {
    /**
     * Reads some bytes, all of them or none.
     *
     * @param address of the first, any 64 bits
     * @param target a direct buffer, to be filled from its position to its limit
     * @throws IOException if something of it is not there, or cannot be read
     */
    void read(long address, ByteBuffer target) throws IOException;

    /**
     * Reads some bytes into memory of their own.
     *
     * @param address of the first, any 64 bits
     * @param size how many
     * @return the bytes, little-endian, from position 0
     * @throws IOException if something of it is not there, or cannot be read
     */
    default ByteBuffer read(long address, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
        read(address, bytes);
        return bytes.flip();
    }
}
