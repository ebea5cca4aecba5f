package org.pgofs.fs.fuse;

import java.nio.ByteBuffer;
import org.pgofs.fs.Caller;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FileView;
import org.pgofs.fs.OpenFile;

/** A file of bytes that do not change. */
record BytesFile(ByteBuffer bytes) implements FileOperations {
    /** Bytes that differ from those near them. */
    static BytesFile pattern(int size) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(size);
        for (int i = 0; i < size; i++) {
            bytes.put(i, (byte) (i * 31 + i / 251));
        }
        return new BytesFile(bytes);
    }

    @Override
    public FileView look() {
        return FileView.now(bytes.capacity());
    }

    @Override
    public OpenFile open(FileView view, Caller caller) {
        return new OpenFile() {
            @Override
            public long size() {
                return bytes.capacity();
            }

            @Override
            public int read(long offset, ByteBuffer target) {
                int start = (int) Math.min(offset, bytes.capacity());
                int length = Math.min(target.remaining(), bytes.capacity() - start);
                target.put(bytes.slice(start, length));
                return length;
            }
        };
    }
}
