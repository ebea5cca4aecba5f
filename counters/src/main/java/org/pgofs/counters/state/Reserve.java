package org.pgofs.counters.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgofs.counters.linux.FileChanges;
import org.pgofs.counters.linux.SegmentTmpfs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reserved part of a limited tmpfs. When the tmpfs is full, for example of segments of ended processes, their counts
 * can be saved in the reserve, and then the segments can be deleted.
 */
final class Reserve {
    static final String NAME = "reserve";

    private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);
    private static final int SHARE = 16;
    private static final long MAX = 64L << 20;

    private final Path file;
    private final FileChanges changes;

    Reserve(Path directory, FileChanges changes) {
        file = directory.resolve(NAME);
        this.changes = changes;
    }

    /** Reserves the room, if there is enough and it is not reserved already; a tmpfs without a limit needs none. */
    void hold() {
        try {
            long size = Math.min(MAX, SegmentTmpfs.limit(file.getParent()) / SHARE);
            if (size > 0 && !(Files.exists(file) && Files.size(file) == size)) {
                changes.write(file, ByteBuffer.allocate((int) size));
            }
        } catch (IOException e) {
            LOG.debug("no room for a reserve: {}", e.toString());
            release();
        }
    }

    /**
     * Frees the room.
     *
     * @return whether some was reserved
     */
    boolean release() {
        try {
            changes.delete(file);
            return true;
        } catch (IOException e) {
            LOG.debug("no reserve: {}", e.toString());
            return false;
        }
    }
}
