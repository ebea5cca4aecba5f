package org.pgofs.profraw;

import java.nio.ByteBuffer;

/** A file with zeros at its end. */
final class PaddedBytes implements RawBytes {
    private final RawBytes content;
    private final long size;

    /**
     * A file of a size.
     *
     * @param size in bytes, not less than the content has
     */
    PaddedBytes(RawBytes content, long size) {
        if (content.size() > size) {
            throw new IllegalArgumentException(content.size() + " bytes do not fit into " + size);
        }
        this.content = content;
        this.size = size;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        int position = target.position();
        content.read(offset, target);
        long at = offset + target.position() - position;
        ByteWindow rest = new ByteWindow(at, target);
        long end = Math.min(size, rest.end());
        if (at < end) {
            rest.putZeros(at, end);
            target.position(target.position() + (int) (end - at));
        }
    }
}
