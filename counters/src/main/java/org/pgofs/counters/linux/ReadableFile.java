package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file that is read at any place, by whatever means. */
public interface ReadableFile {
    /** Its size in bytes. */
    long size() throws IOException;

    /**
     * Reads some bytes, as {@link FileChannel#read(ByteBuffer, long)} does.
     *
     * @param target filled from its position, which moves on
     * @param offset bytes from the start of the file
     * @return how many, less than 0 at the end
     */
    int read(ByteBuffer target, long offset) throws IOException;

    /** One that is open here. */
    static ReadableFile of(FileChannel channel) {
        return new ReadableFile() {
            @Override
            public long size() throws IOException {
                return channel.size();
            }

            @Override
            public int read(ByteBuffer target, long offset) throws IOException {
                return channel.read(target, offset);
            }
        };
    }
}
