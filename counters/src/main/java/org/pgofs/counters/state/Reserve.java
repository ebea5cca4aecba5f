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
 * Some room on a limited tmpfs that nobody else gets. When it is full, of segments of ended processes perhaps, their
 * counts can be saved in it, and then the segments can be deleted.
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

    /** Takes the room, if it is there and was not taken; a tmpfs without a limit needs none. */
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
     * Gives the room.
     *
     * @return whether there was some
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
