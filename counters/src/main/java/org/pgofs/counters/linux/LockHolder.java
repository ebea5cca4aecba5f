package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Which process has a file locked, as {@code /proc/locks} (proc(5)) shows it. */
public final class LockHolder {
    private static final Path LOCKS = Path.of("/proc/locks");
    private static final int PID_FIELD = 4;
    private static final int FILE_FIELD = 5;

    private LockHolder() {}

    /** The pid of the process; empty if no process has the lock, or none that this process can see. */
    public static Optional<Long> of(Path file) throws IOException {
        String id = id(file);
        return Files.readString(LOCKS)
                .lines()
                .map(line -> line.trim().split("\\s+", -1))
                .filter(words -> words.length > FILE_FIELD && words[FILE_FIELD].equals(id))
                .map(words -> Long.valueOf(words[PID_FIELD]))
                .filter(pid -> pid > 0)
                .findFirst();
    }

    /** Major and minor number of the device in hexadecimal, and the inode's in decimal. */
    private static String id(Path file) throws IOException {
        long device = (long) Files.getAttribute(file, "unix:dev", LinkOption.NOFOLLOW_LINKS);
        long major = (device >>> 8) & 0xfff;
        long minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
        return String.format(
                "%02x:%02x:%s", major, minor, Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS));
    }
}
