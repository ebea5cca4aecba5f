package org.pgofs.counters.linux;

import static org.pgofs.counters.linux.Abi.AT_EMPTY_PATH;
import static org.pgofs.counters.linux.Abi.AT_FDCWD;
import static org.pgofs.counters.linux.Abi.AT_STATX_DONT_SYNC;
import static org.pgofs.counters.linux.Abi.AT_SYMLINK_NOFOLLOW;
import static org.pgofs.counters.linux.Abi.CLOCK_THREAD_CPUTIME_ID;
import static org.pgofs.counters.linux.Abi.FALLOC_FL_KEEP_SIZE;
import static org.pgofs.counters.linux.Abi.FIONREAD;
import static org.pgofs.counters.linux.Abi.F_OK;
import static org.pgofs.counters.linux.Abi.F_RDLCK;
import static org.pgofs.counters.linux.Abi.F_SETLEASE;
import static org.pgofs.counters.linux.Abi.F_SETSIG;
import static org.pgofs.counters.linux.Abi.F_UNLCK;
import static org.pgofs.counters.linux.Abi.KCMP_VM;
import static org.pgofs.counters.linux.Abi.LOCK_EX;
import static org.pgofs.counters.linux.Abi.LOCK_NB;
import static org.pgofs.counters.linux.Abi.MADV_FREE;
import static org.pgofs.counters.linux.Abi.MADV_HUGEPAGE;
import static org.pgofs.counters.linux.Abi.MAP_ANONYMOUS;
import static org.pgofs.counters.linux.Abi.MAP_PRIVATE;
import static org.pgofs.counters.linux.Abi.MNT_DETACH;
import static org.pgofs.counters.linux.Abi.MNT_FORCE;
import static org.pgofs.counters.linux.Abi.OPEN_HOW_FLAGS;
import static org.pgofs.counters.linux.Abi.OPEN_HOW_MODE;
import static org.pgofs.counters.linux.Abi.OPEN_HOW_RESOLVE;
import static org.pgofs.counters.linux.Abi.OPEN_HOW_SIZE;
import static org.pgofs.counters.linux.Abi.O_APPEND;
import static org.pgofs.counters.linux.Abi.O_CLOEXEC;
import static org.pgofs.counters.linux.Abi.O_CREAT;
import static org.pgofs.counters.linux.Abi.O_NOFOLLOW;
import static org.pgofs.counters.linux.Abi.O_NONBLOCK;
import static org.pgofs.counters.linux.Abi.O_PATH;
import static org.pgofs.counters.linux.Abi.O_TRUNC;
import static org.pgofs.counters.linux.Abi.O_WRONLY;
import static org.pgofs.counters.linux.Abi.PRIO_PROCESS;
import static org.pgofs.counters.linux.Abi.PROT_READ;
import static org.pgofs.counters.linux.Abi.PROT_WRITE;
import static org.pgofs.counters.linux.Abi.RESOLVE_NO_SYMLINKS;
import static org.pgofs.counters.linux.Abi.RESOLVE_NO_XDEV;
import static org.pgofs.counters.linux.Abi.RLIMIT_MAX;
import static org.pgofs.counters.linux.Abi.RLIMIT_NOFILE;
import static org.pgofs.counters.linux.Abi.RLIMIT_SIZE;
import static org.pgofs.counters.linux.Abi.SC_PAGESIZE;
import static org.pgofs.counters.linux.Abi.SEEK_DATA;
import static org.pgofs.counters.linux.Abi.SIGURG;
import static org.pgofs.counters.linux.Abi.STATX_BASIC_STATS;
import static org.pgofs.counters.linux.Abi.STATX_SIZE;
import static org.pgofs.counters.linux.Abi.STX_INO;
import static org.pgofs.counters.linux.Abi.STX_MODE;
import static org.pgofs.counters.linux.Abi.STX_MTIME_NANOS;
import static org.pgofs.counters.linux.Abi.STX_MTIME_SECONDS;
import static org.pgofs.counters.linux.Abi.STX_NLINK;
import static org.pgofs.counters.linux.Abi.STX_SIZE;
import static org.pgofs.counters.linux.Abi.STX_UID;
import static org.pgofs.counters.linux.Abi.SYS_GETDENTS64;
import static org.pgofs.counters.linux.Abi.SYS_KCMP;
import static org.pgofs.counters.linux.Abi.SYS_OPENAT2;
import static org.pgofs.counters.linux.Abi.TIMESPEC_NANOS;
import static org.pgofs.counters.linux.Abi.TIMESPEC_SIZE;
import static org.pgofs.counters.linux.Abi.UMOUNT_NOFOLLOW;

import com.kenai.jffi.MemoryIO;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import jnr.constants.platform.Errno;
import jnr.ffi.LastError;
import jnr.ffi.Runtime;

/** System calls on files that are not trusted yet, with errors as exceptions. */
public final class Linux {
    private static final LibC C = LibC.INSTANCE;
    private static final Runtime RUNTIME = Runtime.getRuntime(C);

    private static final int NICE_OF_THE_HURRIED = -10;

    private static final int OWNER_ONLY = 0600;
    private static final int NO_OPENAT2 = -2;

    private static final ThreadLocal<ByteBuffer> STATX =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(STATX_SIZE).order(ByteOrder.nativeOrder()));

    private static final ThreadLocal<ByteBuffer> OPEN_HOW = ThreadLocal.withInitial(
            () -> ByteBuffer.allocateDirect(OPEN_HOW_SIZE).order(ByteOrder.nativeOrder()));

    private static final ThreadLocal<ByteBuffer> TIMESPEC = ThreadLocal.withInitial(
            () -> ByteBuffer.allocateDirect(TIMESPEC_SIZE).order(ByteOrder.nativeOrder()));

    private Linux() {}

    /**
     * What statx says of an open file.
     *
     * @param modified when its content was changed last, in nanoseconds since 1970
     */
    public record Status(int mode, int links, int uid, long inode, long size, long modified) {
        private static final int TYPE = 0170000;
        private static final int REGULAR = 0100000;
        private static final int DIRECTORY = 0040000;
        private static final int LINK = 0120000;
        private static final int WRITTEN_BY_OTHERS = 022;

        public boolean regular() {
            return (mode & TYPE) == REGULAR;
        }

        public boolean directory() {
            return (mode & TYPE) == DIRECTORY;
        }

        /** Whether others than its owner may write to it. */
        public boolean writtenByOthers() {
            return (mode & WRITTEN_BY_OTHERS) != 0;
        }

        boolean link() {
            return (mode & TYPE) == LINK;
        }
    }

    /**
     * Opens any kind of file for reading, without following a link at the end of the path and without blocking.
     *
     * @return a file descriptor
     * @throws NoSuchFileException if it does not exist
     * @throws OverBoundException if it cannot be opened now: this process has too many files open, or somebody has a
     *     lease
     * @throws IOException with the reason in words
     */
    public static int openForReading(Path path) throws IOException {
        return open(path.toString(), O_NOFOLLOW);
    }

    /**
     * Opens a file for reading that lies in a directory to which others may write. Its owner can mount a file system on it
     * that never answers (FUSE), which a usual open would ask: this one does not.
     *
     * @throws OverBoundException if it cannot be opened now
     * @throws IOException with the reason in words
     */
    public static int openInForeignDirectory(Path path) throws IOException {
        int directory = openPath(path.getParent().toString(), false);
        try {
            int fd = openIn(directory, path.getFileName().toString(), O_NOFOLLOW | O_NONBLOCK, RESOLVE_NO_XDEV);
            if (fd == NO_OPENAT2) {
                return openForReading(path);
            }
            return opened(fd, path.toString());
        } finally {
            close(directory);
        }
    }

    /**
     * Opens a path in a directory by a descriptor that only names the file (O_PATH). No link is followed, and no mount point
     * is crossed, where Linux can tell: that is since 5.6.
     *
     * @param directory a descriptor
     * @param path of one name or more
     * @throws NotDirectoryException if something on the way is a link, or no directory
     */
    static int openPathIn(int directory, String path) throws IOException {
        int fd = openIn(directory, path, O_PATH | O_NOFOLLOW, RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS);
        if (fd == NO_OPENAT2) {
            return openPathByName(directory, path);
        }
        if (fd == -1 && (errno() == Errno.ELOOP || errno() == Errno.ENOTDIR)) {
            throw new NotDirectoryException(path);
        }
        return opened(fd, path);
    }

    private static int openPathByName(int directory, String path) throws IOException {
        int at = directory;
        for (String name : path.split("/", -1)) {
            try {
                int next = openPath("/proc/self/fd/" + at + "/" + name, false);
                if (at != directory) {
                    close(at);
                }
                at = next;
            } catch (IOException e) {
                if (at != directory) {
                    close(at);
                }
                throw e;
            }
        }
        return at;
    }

    /** A descriptor, -1, or {@link #NO_OPENAT2} with Linux before 5.6, or with a filter that was made for it. */
    private static int openIn(int directory, String path, int flags, int resolve) throws IOException {
        OPEN_HOW.get()
                .putLong(OPEN_HOW_FLAGS, flags | O_CLOEXEC)
                .putLong(OPEN_HOW_MODE, 0)
                .putLong(OPEN_HOW_RESOLVE, resolve);
        int fd = (int) C.syscall(SYS_OPENAT2, directory, path, OPEN_HOW.get(), OPEN_HOW_SIZE);
        if (fd == -1 && errno() == Errno.EXDEV) {
            throw new ForeignDirectory.NotRegularException("is a mount point");
        }
        return fd == -1 && (errno() == Errno.ENOSYS || errno() == Errno.EPERM) ? NO_OPENAT2 : fd;
    }

    /**
     * Opens without blocking. Otherwise a lease (fcntl(2)) on the file would make the call wait until its holder
     * releases it, for up to 45 s, and each call again.
     */
    private static int open(String path, int flags) throws IOException {
        return opened(C.open(path, flags | O_NONBLOCK | O_CLOEXEC, 0), path);
    }

    private static int opened(int fd, String path) throws IOException {
        if (fd == -1) {
            Errno errno = errno();
            switch (errno) {
                case ENOENT -> throw new NoSuchFileException(path);
                case EACCES -> throw new AccessDeniedException(path, null, errno.description());
                case EAGAIN -> throw new OverBoundException("cannot be opened now: somebody has a lease on it");
                case EMFILE, ENFILE, ENOMEM ->
                    throw new OverBoundException("cannot be opened now: " + errno.description());
                default -> {}
            }
        }
        return check(fd, path);
    }

    /**
     * Raises this process's limit of open files, as far as it may.
     *
     * @param wanted how many
     * @return the limit now
     */
    public static long raiseOpenFiles(long wanted) throws IOException {
        ByteBuffer limit = ByteBuffer.allocateDirect(RLIMIT_SIZE).order(ByteOrder.nativeOrder());
        check(C.prlimit(0, RLIMIT_NOFILE, null, limit), "RLIMIT_NOFILE");
        if (Long.compareUnsigned(limit.getLong(0), wanted) >= 0) {
            return wanted;
        }
        long hard = limit.getLong(RLIMIT_MAX);
        limit.putLong(0, wanted).putLong(RLIMIT_MAX, Long.compareUnsigned(hard, wanted) < 0 ? wanted : hard);
        try {
            if (C.prlimit(0, RLIMIT_NOFILE, limit, null) == 0) {
                return wanted;
            }
            limit.putLong(0, hard).putLong(RLIMIT_MAX, hard);
            check(C.prlimit(0, RLIMIT_NOFILE, limit, null), "RLIMIT_NOFILE");
            return hard;
        } finally {
            // A call gets the address of a buffer alone: nothing else keeps its memory.
            Reference.reachabilityFence(limit);
        }
    }

    /** Raises the priority of the calling thread; without the right to do so, nothing changes. */
    public static void hurry() {
        C.setpriority(PRIO_PROCESS, 0, NICE_OF_THE_HURRIED);
    }

    /** How long the calling thread has had a processor, in nanoseconds. */
    public static long processorTime() {
        ByteBuffer time = TIMESPEC.get();
        if (C.clock_gettime(CLOCK_THREAD_CPUTIME_ID, time) == -1) {
            throw new IllegalStateException("clock_gettime: " + errno().description());
        }
        return TimeUnit.SECONDS.toNanos(time.getLong(0)) + time.getLong(TIMESPEC_NANOS);
    }

    /** How many bytes can be read from a descriptor now. */
    static int readable(int fd) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());
        check(C.ioctl(fd, FIONREAD, bytes), "FIONREAD");
        return bytes.getInt(0);
    }

    /** Opens a file of pgofs for writing, and makes it empty or creates it. */
    static int create(Path path) throws IOException {
        int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
        return check(C.open(path.toString(), flags, OWNER_ONLY), path.toString());
    }

    /**
     * Writes at the descriptor's offset.
     *
     * @param bytes direct; its position moves to its limit
     */
    public static void append(int fd, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int count = (int) check(C.write(fd, bytes.slice(), bytes.remaining()), "write");
            bytes.position(bytes.position() + count);
        }
    }

    /** Allocates room at the start of a file without making the file longer; does nothing if there is no room. */
    public static void reserve(int fd, long size) {
        C.fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size);
    }

    public static void close(int fd) {
        C.close(fd);
    }

    public static Status status(int fd) throws IOException {
        return status(fd, "", AT_EMPTY_PATH);
    }

    /** The status as the kernel knows it, without asking the file system. */
    static Status knownStatus(int fd) throws IOException {
        return status(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC);
    }

    /** The same of a file that is not open; of a link, that of the link itself. */
    public static Status knownStatus(Path path) throws IOException {
        int fd = openPath(path.toString(), false);
        try {
            return knownStatus(fd);
        } finally {
            close(fd);
        }
    }

    /** The status of a file that is not open, whatever is mounted on it; of a link, that of the link itself. */
    public static Status status(Path path) throws IOException {
        return status(AT_FDCWD, path.toString(), AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC);
    }

    private static Status status(int fd, String path, int flags) throws IOException {
        ByteBuffer statx = STATX.get();
        if (C.statx(fd, path, flags, STATX_BASIC_STATS, statx) == -1) {
            if (errno() == Errno.ENOENT) {
                throw new NoSuchFileException(path);
            }
            throw failure("statx");
        }
        return new Status(
                Short.toUnsignedInt(statx.getShort(STX_MODE)),
                statx.getInt(STX_NLINK),
                statx.getInt(STX_UID),
                statx.getLong(STX_INO),
                statx.getLong(STX_SIZE),
                TimeUnit.SECONDS.toNanos(statx.getLong(STX_MTIME_SECONDS)) + statx.getInt(STX_MTIME_NANOS));
    }

    /**
     * The next entries of a directory.
     *
     * @param fd the directory
     * @param target direct; filled from its start with struct linux_dirent64
     * @return how many bytes, 0 at the end
     */
    static int directoryEntries(int fd, ByteBuffer target) throws IOException {
        return (int) check(C.syscall(SYS_GETDENTS64, fd, target.clear(), target.capacity()), "getdents64");
    }

    /**
     * Reads at an offset until the buffer is full or the file ends.
     *
     * @param target a direct buffer; filled from its position, which moves on
     * @return whether the buffer could be filled
     */
    public static boolean readFully(int fd, long offset, ByteBuffer target) throws IOException {
        long address = MemoryIO.getInstance().getDirectBufferAddress(target);
        long at = offset;
        try {
            while (target.hasRemaining()) {
                int count = (int) check(C.pread(fd, address + target.position(), target.remaining(), at), "pread");
                if (count == 0) {
                    return false;
                }
                target.position(target.position() + count);
                at += count;
            }
            return true;
        } finally {
            // A call gets the address of a buffer alone: nothing else keeps its memory.
            Reference.reachabilityFence(target);
        }
    }

    /**
     * Whether two processes have one address space, as after vfork.
     *
     * @throws IOException if one of them is gone, or the kernel does not tell
     */
    public static boolean shareMemory(int pid, int other) throws IOException {
        return check(C.syscall(SYS_KCMP, pid, other, KCMP_VM, 0, 0), "kcmp") == 0;
    }

    /**
     * The next data of a sparse file.
     *
     * @return the first offset, not before the given one, that is not in a hole; {@link Long#MAX_VALUE} if there is
     *     none
     */
    public static long nextData(int fd, long offset) throws IOException {
        long next = C.lseek(fd, offset, SEEK_DATA);
        if (next == -1 && errno() == Errno.ENXIO) {
            return Long.MAX_VALUE;
        }
        return check(next, "lseek");
    }

    /**
     * Opens a file for writing that is open for reading; it need not have a name any more. The caller must close it
     * soon: a descriptor that is open for writing looks like one of a target.
     *
     * @return another file descriptor
     * @throws OverBoundException if it cannot be opened now
     */
    public static int openForWriting(int fd) throws IOException {
        return open("/proc/self/fd/" + fd, O_WRONLY);
    }

    /** Opens a file for reading of which there is a descriptor. */
    static int reopenForReading(int fd) throws IOException {
        return open("/proc/self/fd/" + fd, 0);
    }

    /** Opens a descriptor that only names the file to which a path leads (O_PATH): no file system is asked. */
    static int openPath(String path, boolean follow) throws IOException {
        return open(path, follow ? O_PATH : O_PATH | O_NOFOLLOW);
    }

    /** Opens a file of pgofs in the segment directory for appending. */
    public static int openForAppending(Path path) throws IOException {
        return open(path.toString(), O_WRONLY | O_APPEND | O_NOFOLLOW);
    }

    /** Writes the remaining bytes of a direct buffer. */
    static void write(int fd, long offset, ByteBuffer source) throws IOException {
        long at = offset;
        while (source.hasRemaining()) {
            int count = (int) check(C.pwrite(fd, source, source.remaining(), at), "pwrite");
            source.position(source.position() + count);
            at += count;
        }
    }

    /** Writes a number into a file that is open for reading. */
    static void writeLong(int fd, long offset, long value) throws IOException {
        int writable = openForWriting(fd);
        try {
            ByteBuffer bytes = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            write(writable, offset, bytes.putLong(0, value));
        } finally {
            close(writable);
        }
    }

    /**
     * Whether no process has the file mapped shared and writable or open for writing: only then does the kernel grant a
     * read lease. Unlike a check of pids, this is right for killed, traced and unreaped processes, in other pid
     * namespaces and after dlclose.
     *
     * @param fd open for reading only
     */
    public static boolean unusedByWriters(int fd) throws IOException {
        Lease lease = readLease(fd);
        if (lease == Lease.FORBIDDEN) {
            lease = readLeaseAsOwner(fd);
        }
        if (lease == Lease.FORBIDDEN) {
            throw new IOException("no lease: needs CAP_LEASE, or CAP_SETUID");
        }
        return lease == Lease.GRANTED;
    }

    /**
     * Locks an open file until it is closed. Unlike a lock by a channel, it outlives other descriptors of the file.
     *
     * @param fd of it
     * @return false if it is locked through another open file
     */
    public static boolean lock(int fd) throws IOException {
        if (C.flock(fd, LOCK_EX | LOCK_NB) == 0) {
            return true;
        }
        if (errno() == Errno.EAGAIN) {
            return false;
        }
        throw failure("flock");
    }

    /** The kernel's answers to a request for a lease. */
    enum Lease {
        GRANTED,
        /** Somebody writes to the file. */
        IN_USE,
        /** The thread is not the owner of the file and has no CAP_LEASE. */
        FORBIDDEN
    }

    /** Requests a read lease, and releases it. */
    static Lease readLease(int fd) throws IOException {
        // A break of the lease while it is held must not kill this process: SIGURG is ignored by default, SIGIO is not.
        check(C.fcntl(fd, F_SETSIG, SIGURG), "F_SETSIG");
        if (C.fcntl(fd, F_SETLEASE, F_RDLCK) == -1) {
            return switch (errno()) {
                case EAGAIN -> Lease.IN_USE;
                case EACCES -> Lease.FORBIDDEN;
                default -> throw failure("F_SETLEASE");
            };
        }
        check(C.fcntl(fd, F_SETLEASE, F_UNLCK), "F_SETLEASE");
        return Lease.GRANTED;
    }

    /** The same, as the owner of the file: this thread has the owner's file system uid meanwhile. */
    static Lease readLeaseAsOwner(int fd) throws IOException {
        int self = C.setfsuid(status(fd).uid());
        try {
            return readLease(fd);
        } finally {
            C.setfsuid(self);
        }
    }

    /**
     * Maps zeroed memory, in huge pages if the kernel has them: faulting small pages in takes as long as filling them.
     *
     * @return its address, to be given to {@link #unmapMemory}
     */
    static long mapMemory(long size) throws IOException {
        long address = check(
                C.mmap(null, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                        .address(),
                "mmap");
        C.madvise(address, size, MADV_HUGEPAGE);
        return address;
    }

    /**
     * Lets the kernel reclaim the pages of a mapping when it needs memory. Until then, writing to them takes no fault.
     */
    static void discardMemory(long address, long size) {
        C.madvise(address, size, MADV_FREE);
    }

    static void unmapMemory(long address, long size) {
        C.munmap(address, size);
    }

    /** Returns to the kernel what native code has allocated and freed: compilers of the JVM above all. */
    public static void trimMemory() {
        C.malloc_trim(0);
    }

    /**
     * Detaches the mount at a path.
     *
     * @param cutOff whether its open files fail from now on
     */
    public static void unmount(String mountPoint, boolean cutOff) throws IOException {
        int flags = MNT_DETACH | UMOUNT_NOFOLLOW | (cutOff ? MNT_FORCE : 0);
        check(C.umount2(mountPoint, flags), "cannot detach " + mountPoint);
    }

    /** Whether the FUSE file system at a path has lost its server. */
    public static boolean isWithoutServer(Path mountPoint) {
        return C.access(mountPoint.toString(), F_OK) != 0 && errno() == Errno.ENOTCONN;
    }

    /** The size of the pages of this kernel in bytes: more than 4,096 on some AArch64 machines. */
    public static long pageSize() {
        return C.sysconf(SC_PAGESIZE);
    }

    /** Whether this process acts as root. */
    public static boolean isRoot() {
        return C.geteuid() == 0;
    }

    static Errno errno() {
        return Errno.valueOf(LastError.getLastError(RUNTIME));
    }

    public static long check(long result, String what) throws IOException {
        if (result == -1) {
            throw failure(what);
        }
        return result;
    }

    public static int check(int result, String what) throws IOException {
        return (int) check((long) result, what);
    }

    static IOException failure(String what) {
        Errno errno = errno();
        if (errno == Errno.ENOSPC || errno == Errno.EDQUOT) {
            return new NoSpaceException(what);
        }
        return new IOException(what + ": " + errno.description());
    }
}
