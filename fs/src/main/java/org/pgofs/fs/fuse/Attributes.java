package org.pgofs.fs.fuse;

import java.time.Instant;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.pgofs.fs.Directory;
import org.pgofs.fs.FileView;
import org.pgofs.fs.FsException;
import org.pgofs.fs.Node;
import org.pgofs.fs.open.Inode;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.Statvfs;
import ru.serce.jnrfuse.struct.Timespec;

/** Fills {@code struct stat} and {@code struct statvfs}. */
final class Attributes {
    private static final int BLOCK = 512;
    private static final int PAGE = 4096;
    private static final int MAX_NAME = 255;

    private final Runtime runtime;
    private final MountOptions options;
    private final Instant created = Instant.now();

    Attributes(Runtime runtime, MountOptions options) {
        this.runtime = runtime;
        this.options = options;
    }

    /** Fills in what is true now. */
    void put(long stat, Inode inode) throws FsException {
        if (inode.node() instanceof Directory directory) {
            put(stat, inode, FileStat.S_IFDIR, 0, directory.created());
        } else {
            put(stat, inode, inode.view());
        }
    }

    /** Fills in what the look-up found. */
    void putFound(long stat, Inode inode) throws FsException {
        if (inode.node() instanceof Directory) {
            put(stat, inode);
        } else {
            put(stat, inode, inode.found());
        }
    }

    private void put(long stat, Inode inode, FileView view) throws FsException {
        // While it is empty it does not change; tar wants to see that, and does not open it.
        put(stat, inode, FileStat.S_IFREG, view.size(), view.size() == 0 ? created : view.modified());
    }

    private void put(long address, Inode inode, int type, long size, Instant modified) throws FsException {
        FileStat stat = stat(address);
        Node node = inode.node();
        stat.st_ino.set(inode.nodeNumber());
        stat.st_mode.set(type | node.mode());
        // For a directory, 1 says that nobody counted its directories.
        stat.st_nlink.set(1);
        stat.st_uid.set(node.uid(options.uid()));
        stat.st_gid.set(node.gid(options.gid()));
        stat.st_size.set(size);
        stat.st_blksize.set(PAGE);
        // Too few, and cp looks for holes.
        stat.st_blocks.set((size + BLOCK - 1) / BLOCK);
        put(stat.st_atim, modified);
        put(stat.st_mtim, modified);
        put(stat.st_ctim, modified);
    }

    private static void put(Timespec field, Instant time) {
        field.tv_sec.set(time.getEpochSecond());
        field.tv_nsec.set(time.getNano());
    }

    /** A view of {@code struct stat}. */
    FileStat stat(long address) {
        return FileStat.of(Pointer.wrap(runtime, address));
    }

    void putFileSystem(long address) {
        Statvfs statvfs = Statvfs.of(Pointer.wrap(runtime, address));
        statvfs.f_bsize.set(PAGE);
        statvfs.f_frsize.set(PAGE);
        statvfs.f_namemax.set(MAX_NAME);
    }
}
