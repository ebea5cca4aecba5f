package org.pgofs.counters.written;

import java.io.IOException;
import org.pgofs.counters.linux.ForeignDirectory;
import org.pgofs.counters.linux.LibC;
import org.pgofs.counters.linux.Linux;

/**
 * The file system that is mounted on each directory of profiles: so that the programs of its user cannot fill the memory
 * of the machine, nor the room of others, with files that nobody takes in.
 */
final class ProfileTmpfs {
    private static final String NAME = "pgofs-profiles";
    private static final long MS_NOSUID = 2;
    private static final long MS_NODEV = 4;
    private static final long MS_NOEXEC = 8;

    /** A tenth of the memory of the machine, and a number of files; with inode numbers that are never reused. */
    private static final String OPTIONS = "size=10%,nr_inodes=100k,inode64,mode=700,uid=";

    private ProfileTmpfs() {}

    /** Mounts one on a directory, for the directory's owner. */
    static void mount(ForeignDirectory directory) throws IOException {
        int result = LibC.INSTANCE.mount(
                NAME,
                directory.path().toString(),
                "tmpfs",
                MS_NOSUID | MS_NODEV | MS_NOEXEC,
                OPTIONS + Integer.toUnsignedString(directory.status().uid()));
        Linux.check(result, "cannot mount a tmpfs");
    }
}
