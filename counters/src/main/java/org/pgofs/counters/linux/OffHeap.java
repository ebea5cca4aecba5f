package org.pgofs.counters.linux;

import com.kenai.jffi.MemoryIO;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory outside the Java heap: no garbage collection moves it, and closing it returns it to the kernel at once. Memory
 * that is never closed is returned with its last buffer.
 */
public final class OffHeap implements AutoCloseable {
    private static final int PAGE = 4096;
    private static final Cleaner CLEANER = Cleaner.create();

    private final long address;
    private final long mapped;
    private final ByteBuffer buffer;
    private final Cleaner.Cleanable memory;

    /**
     * Allocates memory.
     *
     * @param size bytes, more than 0
     * @param alignment how far it starts behind the start of a page, modulo the size of a page
     */
    public OffHeap(int size, int alignment) throws IOException {
        int skipped = alignment & (PAGE - 1);
        long mappedSize = skipped + (long) size;
        long mappedAddress = Linux.mapMemory(mappedSize);
        mapped = mappedSize;
        address = mappedAddress;
        buffer = MemoryIO.getInstance()
                .newDirectByteBuffer(address + skipped, size)
                .order(ByteOrder.LITTLE_ENDIAN);
        memory = CLEANER.register(buffer, () -> Linux.unmapMemory(mappedAddress, mappedSize));
    }

    /** All of it, little-endian. Not to be used after it was closed. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Says that the contents are not needed any more. The kernel may reclaim the memory until it is written again. */
    public void discard() {
        Linux.discardMemory(address, mapped);
    }

    @Override
    public void close() {
        memory.clean();
    }
}
