package org.pgofs.fs;

import java.time.Instant;

/** What a file does, like the kernel's {@code struct file_operations}. Called by several threads at once. */
public interface FileOperations {
    /**
     * Opens the file. Cheap: content is made when it is first asked for.
     *
     * @return the state of this one open file
     * @throws FsException if it cannot be opened now
     */
    OpenFile open() throws FsException;

    /**
     * The size that a stat shows to a process that does not have the file open; it shows more if an open file has more.
     *
     * @return bytes
     * @throws FsException if it cannot be found out
     */
    long size() throws FsException;

    /**
     * The time of the last change that a stat shows to a process that does not have the file open.
     *
     * @return by default now
     */
    default Instant modified() {
        return Instant.now();
    }
}
