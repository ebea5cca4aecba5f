package org.pgofs.profraw;

import java.nio.ByteBuffer;

/** The bytes of a file that never change, produced for the range that is asked for. Threads may read at once. */
public interface RawBytes {
    /**
     * The size of the file.
     *
     * @return bytes
     */
    long size();

    /**
     * Puts the bytes from an offset on, as many as the target has room for or the file has, at the target's position, and
     * advances the position. From the end of the file on nothing is put.
     *
     * @param offset bytes from the start of the file, 0 or more
     * @param target where the bytes go; its byte order does not matter
     * @throws IllegalArgumentException if the offset is negative
     */
    void read(long offset, ByteBuffer target);
}
