package org.pgofs.counters.linux;

import static org.pgofs.counters.linux.Abi.DIRENT_INODE;
import static org.pgofs.counters.linux.Abi.DIRENT_LENGTH;
import static org.pgofs.counters.linux.Abi.DIRENT_NAME;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * The files of a directory with their inode numbers. The JDK would need a system call for each number, and anyone may
 * make a million files. Not thread-safe.
 */
public final class DirectoryListing {
    private static final int BUFFER = 1 << 18;

    /** What an entry adds to the size of a directory of a tmpfs. */
    private static final int ENTRY_SIZE = 20;

    private static final int SLACK = 1000;

    private final Path directory;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.nativeOrder());

    public DirectoryListing(Path directory) {
        this.directory = directory;
    }

    /**
     * Lists the files.
     *
     * @param isLeftOut whether to leave out the file with an inode number
     * @return the names of the others by inode number, in the form of {@link DirectoryWatch}; "." and ".." too
     */
    public SortedMap<Long, String> list(LongPredicate isLeftOut) throws IOException {
        SortedMap<Long, String> names = new TreeMap<>();
        int fd = Linux.openForReading(directory);
        try {
            // On some kernels a renamed file is listed again, at the end: endless renaming must not make this endless.
            long left = 2 * Linux.status(fd).size() / ENTRY_SIZE + SLACK;
            int size = Linux.directoryEntries(fd, buffer);
            for (; size > 0 && left > 0; size = Linux.directoryEntries(fd, buffer)) {
                for (int at = 0; at < size; at += Short.toUnsignedInt(buffer.getShort(at + DIRENT_LENGTH))) {
                    long number = buffer.getLong(at + DIRENT_INODE);
                    left--;
                    if (!isLeftOut.test(number)) {
                        names.put(number, name(at + DIRENT_NAME));
                    }
                }
            }
        } finally {
            Linux.close(fd);
        }
        return names;
    }

    private String name(int begin) {
        int end = begin;
        while (buffer.get(end) != 0) {
            end++;
        }
        byte[] name = new byte[end - begin];
        buffer.get(begin, name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
