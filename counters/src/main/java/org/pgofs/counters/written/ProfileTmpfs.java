package org.pgofs.counters.written;

import static org.pgofs.counters.linux.Abi.MS_NODEV;
import static org.pgofs.counters.linux.Abi.MS_NOEXEC;
import static org.pgofs.counters.linux.Abi.MS_NOSUID;
import static org.pgofs.counters.linux.Abi.MS_REMOUNT;
import static org.pgofs.counters.linux.Abi.STATFS_BLOCKS;
import static org.pgofs.counters.linux.Abi.STATFS_BLOCK_SIZE;
import static org.pgofs.counters.linux.Abi.STATFS_FILES;
import static org.pgofs.counters.linux.Abi.STATFS_FREE_BLOCKS;
import static org.pgofs.counters.linux.Abi.STATFS_FREE_FILES;
import static org.pgofs.counters.linux.Abi.STATFS_SIZE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.pgofs.counters.linux.ForeignDirectory;
import org.pgofs.counters.linux.LibC;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.written.ProfileShares.Amount;

/**
 * The file system that is mounted on each directory of profiles: so that the programs of its user cannot fill the memory
 * of the machine, nor the room of others, with files that nobody takes in.
 */
final class ProfileTmpfs {
    private static final String NAME = "pgofs-profiles";

    private ProfileTmpfs() {}

    /** Mounts one on a directory, for the directory's owner; with inode numbers that are never reused. */
    static void mount(ForeignDirectory directory, Amount most) throws IOException {
        String options = "inode64,mode=700,uid="
                + Integer.toUnsignedString(directory.status().uid());
        mount(directory, 0, size(most) + "," + options, "cannot mount a tmpfs");
    }

    private static String size(Amount most) {
        return "size=" + most.bytes() + ",nr_inodes=" + most.files();
    }

    private static void mount(ForeignDirectory directory, long flags, String options, String failure)
            throws IOException {
        int result = LibC.INSTANCE.mount(
                NAME, directory.path().toString(), "tmpfs", flags | MS_NOSUID | MS_NODEV | MS_NOEXEC, options);
        Linux.check(result, failure);
    }

    /**
     * What one may hold, and what it holds.
     *
     * @param most of it
     * @param used of it
     */
    record Room(Amount most, Amount used) {
        /** That of a directory on which one is mounted. */
        static Room of(ForeignDirectory directory) throws IOException {
            ByteBuffer statfs = ByteBuffer.allocateDirect(STATFS_SIZE).order(ByteOrder.nativeOrder());
            Linux.check(LibC.INSTANCE.statfs(directory.path().toString(), statfs), "cannot ask for its room");
            long size = statfs.getLong(STATFS_BLOCK_SIZE);
            return new Room(
                    new Amount(size * statfs.getLong(STATFS_BLOCKS), statfs.getLong(STATFS_FILES)),
                    new Amount(
                            size * (statfs.getLong(STATFS_BLOCKS) - statfs.getLong(STATFS_FREE_BLOCKS)),
                            statfs.getLong(STATFS_FILES) - statfs.getLong(STATFS_FREE_FILES)));
        }

        /** Whether another amount is so different that it is worth while to change it. */
        boolean isFarFrom(Amount wanted) {
            return isFar(most.bytes(), wanted.bytes()) || isFar(most.files(), wanted.files());
        }

        private static boolean isFar(long now, long wanted) {
            return wanted < now - now / 8 || wanted > now + now / 4;
        }
    }

    /** Changes what one may hold. */
    static void resize(ForeignDirectory directory, Amount most) throws IOException {
        mount(directory, MS_REMOUNT, size(most), "cannot change its size");
    }
}
