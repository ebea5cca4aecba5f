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
    /** Not enough memory. */
    ENOMEM(12),
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
    /** Too many open files. */
    EMFILE(24),
    /** No space left on device. */
    ENOSPC(28),
    /** Stale file handle. */
    ESTALE(116);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    /**
     * What a program is told of a failure.
     *
     * @param failure any; of one that lack of memory caused the program is told that
     * @return the number
     */
    public static Errno of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                return ENOMEM;
            }
        }
        return failure instanceof FsException e ? e.errno() : EIO;
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
