package org.pgofs.counters.written;

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
    private static final long MS_NOSUID = 2;
    private static final long MS_NODEV = 4;
    private static final long MS_NOEXEC = 8;
    private static final long MS_REMOUNT = 32;

    private static final int STATFS_SIZE = 256;
    // Numbers of struct statfs, in words.
    private static final int BLOCK_SIZE = 1;
    private static final int BLOCKS = 2;
    private static final int FREE_BLOCKS = 3;
    private static final int FILES = 5;
    private static final int FREE_FILES = 6;

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
            long size = word(statfs, BLOCK_SIZE);
            return new Room(
                    new Amount(size * word(statfs, BLOCKS), word(statfs, FILES)),
                    new Amount(
                            size * (word(statfs, BLOCKS) - word(statfs, FREE_BLOCKS)),
                            word(statfs, FILES) - word(statfs, FREE_FILES)));
        }

        private static long word(ByteBuffer statfs, int index) {
            return statfs.getLong(index * Long.BYTES);
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
