package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** The tmpfs over which the segment directory is mounted, as {@code systemd/run-pgofs.mount} mounts it too. */
public final class SegmentTmpfs {
    /** While no daemon runs, targets do not publish in a tmpfs that holds more bytes. */
    public static final long HELD_MAX = 256L << 20;

    /** A limit of so many bytes counts as no limit. */
    public static final long UNLIMITED = 1L << 50;

    public static final String NAME = "pgofs-segments";

    // No limit that is ever reached: a target that touches a page for which a tmpfs has no room dies of SIGBUS.
    // But there is a limit, since without one the kernel does not report how much the tmpfs holds.
    // With inode numbers that are never reused: the store knows files by their inode numbers.
    public static final String OPTIONS = "size=1P,nr_inodes=0,inode64,mode=1733";

    private SegmentTmpfs() {}

    /**
     * How much the tmpfs may hold.
     *
     * @param directory in it
     * @return bytes; 0: there is no limit
     * @throws IOException if it cannot be looked at
     */
    public static long limit(Path directory) throws IOException {
        long size = Files.getFileStore(directory).getTotalSpace();
        return size < UNLIMITED ? size : 0;
    }

    /**
     * How much the tmpfs holds, if it has no limit.
     *
     * @param directory in it
     * @return bytes; 0 if that is not known, or there is a limit
     * @throws IOException if it cannot be looked at
     */
    public static long held(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        return store.getTotalSpace() < UNLIMITED ? 0 : store.getTotalSpace() - store.getUnallocatedSpace();
    }
}
