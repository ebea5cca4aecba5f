package org.pgofs.profdata;

import java.nio.ByteBuffer;
import org.pgofs.profraw.RawBytes;

/**
 * An indexed profile as a whole, whose bytes are made when they are read. To be closed when nobody reads it any more.
 * Thread-safe.
 */
public final class IndexedFile implements RawBytes, AutoCloseable {
    private final ByteBuffer head;
    private final Chains chains;
    private final ByteBuffer tail;
    private final long size;

    /**
     * A file.
     *
     * @param head what lies before the chains
     * @param chains closed with the file
     * @param tail what lies behind the bucket table
     * @param size in bytes; zeros fill it
     */
    IndexedFile(ByteBuffer head, Chains chains, ByteBuffer tail, long size) {
        this.head = head;
        this.chains = chains;
        this.tail = tail;
        this.size = size;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset " + offset);
        }
        int count = (int) Math.min(target.remaining(), Math.max(0, size - offset));
        Window window = new Window(target.slice(target.position(), count), offset);
        window.put(head, 0, head.limit());
        chains.put(window);
        window.put(tail, 0, tail.limit());
        window.zeros(size);
        target.position(target.position() + count);
    }

    /**
     * How much memory it takes up beside the counts.
     *
     * @return bytes
     */
    public long memory() {
        return head.limit() + chains.memory() + tail.limit();
    }

    @Override
    public void close() {
        chains.close();
    }
}
