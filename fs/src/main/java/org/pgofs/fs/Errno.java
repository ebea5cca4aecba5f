package org.pgofs.fs;

/** The error numbers of Linux that an operation may answer with. */
public enum Errno {
    /** Operation not permitted. */
    EPERM(1),
    /** No such file or directory. */
    ENOENT(2),
    /** Input or output error. */
    EIO(5),
    /** Bad file handle. */
    EBADF(9),
    /** Permission denied. */
    EACCES(13),
    /** Busy. */
    EBUSY(16),
    /** Not a directory. */
    ENOTDIR(20),
    /** Is a directory. */
    EISDIR(21),
    /** Invalid argument. */
    EINVAL(22),
    /** No space left on device. */
    ENOSPC(28),
    /** Stale file handle. */
    ESTALE(116);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    /**
     * The number that a system call returns.
     *
     * @return positive
     */
    public int number() {
        return number;
    }
}
