package org.pgofs.profdata;

import java.nio.ByteBuffer;
import org.pgofs.counters.linux.OffHeap;
import org.pgofs.profraw.RawBytes;

/** An indexed profile as a whole, outside of the Java heap. To be closed when nobody reads it any more. */
public final class IndexedFile implements RawBytes, AutoCloseable {
    private final OffHeap memory;
    private final ByteBuffer bytes;

    IndexedFile(OffHeap memory) {
        this.memory = memory;
        bytes = memory.buffer();
    }

    @Override
    public long size() {
        return bytes.capacity();
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset " + offset);
        }
        int count = (int) Math.min(target.remaining(), Math.max(0, size() - offset));
        if (count > 0) {
            target.put(target.position(), bytes, (int) offset, count);
            target.position(target.position() + count);
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
