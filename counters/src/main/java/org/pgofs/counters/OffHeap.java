package org.pgofs.counters;

import com.kenai.jffi.MemoryIO;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Zeroed memory outside of the Java heap: no collection moves it, and it goes back to the kernel at once when it is
 * closed. What is never closed goes with the last buffer.
 */
final class OffHeap implements AutoCloseable {
    private static final int PAGE = 4096;
    private static final Cleaner CLEANER = Cleaner.create();

    private final ByteBuffer buffer;
    private final Cleaner.Cleanable memory;

    /**
     * Takes memory.
     *
     * @param size bytes, more than 0
     * @param alignment how far it starts behind the start of a page, modulo the size of a page
     */
    OffHeap(int size, int alignment) throws IOException {
        int skipped = alignment & (PAGE - 1);
        long mapped = skipped + (long) size;
        long address = Linux.mapMemory(mapped);
        buffer = MemoryIO.getInstance()
                .newDirectByteBuffer(address + skipped, size)
                .order(ByteOrder.LITTLE_ENDIAN);
        memory = CLEANER.register(buffer, () -> Linux.unmapMemory(address, mapped));
    }

    /** All of it, little-endian. Not to be used after it was closed. */
    ByteBuffer buffer() {
        return buffer;
    }

    @Override
    public void close() {
        memory.clean();
    }
}
