package org.pgofs.counters.linux;

import java.nio.ByteBuffer;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * The functions of libc that the JDK has no way to. Public because jnr-ffi needs it; not an API. Each is documented in
 * section 2 of the manual; it returns -1 and sets errno on failure, which {@link Linux} makes an exception.
 */
public interface LibC {
    /** The process-wide binding. */
    LibC INSTANCE = LibraryLoader.create(LibC.class).load("c");

    /**
     * open(2).
     *
     * @param path the file
     * @param flags O_*
     * @param mode permissions of a new file
     * @return a file descriptor, or -1
     */
    int open(@In String path, int flags, int mode);

    /**
     * close(2).
     *
     * @param fd the descriptor
     * @return 0, or -1
     */
    int close(int fd);

    /**
     * pread(2). With a buffer for the address, a call took twice as long.
     *
     * @param fd the descriptor
     * @param target address of direct memory
     * @param size bytes
     * @param offset bytes from the start
     * @return bytes read, or -1
     */
    @ssize_t
    long pread(int fd, long target, @size_t long size, @off_t long offset);

    /**
     * lseek(2).
     *
     * @param fd the descriptor
     * @param offset bytes from where the last argument says
     * @param whence SEEK_*
     * @return an offset, or -1
     */
    @off_t
    long lseek(int fd, @off_t long offset, int whence);

    /**
     * pwrite(2).
     *
     * @param fd the descriptor
     * @param source direct
     * @param size bytes
     * @param offset bytes from the start
     * @return bytes written, or -1
     */
    @ssize_t
    long pwrite(int fd, @In ByteBuffer source, @size_t long size, @off_t long offset);

    /**
     * read(2).
     *
     * @param fd the descriptor
     * @param target direct
     * @param size bytes
     * @return bytes read, or -1
     */
    @ssize_t
    long read(int fd, @Out ByteBuffer target, @size_t long size);

    /**
     * write(2).
     *
     * @param fd the descriptor
     * @param source direct
     * @param size bytes
     * @return bytes written, or -1
     */
    @ssize_t
    long write(int fd, @In ByteBuffer source, @size_t long size);

    /**
     * pipe2(2).
     *
     * @param fds two ints, direct: for the end that is read, and for the one that is written
     * @param flags O_*
     * @return 0, or -1
     */
    int pipe2(@Out ByteBuffer fds, int flags);

    /**
     * statx(2).
     *
     * @param directory a descriptor
     * @param path relative to it
     * @param flags AT_*
     * @param mask STATX_*
     * @param target struct statx, direct
     * @return 0, or -1
     */
    int statx(int directory, @In String path, int flags, int mask, @Out ByteBuffer target);

    /**
     * fcntl(2).
     *
     * @param fd the descriptor
     * @param command F_*
     * @param argument of the command
     * @return as the command has it, or -1
     */
    int fcntl(int fd, int command, int argument);

    /**
     * flock(2).
     *
     * @param fd the descriptor
     * @param operation LOCK_*
     * @return 0, or -1
     */
    int flock(int fd, int operation);

    /**
     * ioctl(2).
     *
     * @param fd the descriptor
     * @param request which
     * @param target of the request, direct
     * @return as the request has it, or -1
     */
    int ioctl(int fd, @size_t long request, @Out ByteBuffer target);

    /**
     * syscall(2), for getdents64(2), which older versions of glibc have no function for.
     *
     * @param number of the system call
     * @param fd a directory
     * @param target direct
     * @param size bytes
     * @return bytes read, or -1
     */
    long syscall(long number, long fd, @Out ByteBuffer target, @size_t long size);

    /**
     * syscall(2), for openat2(2), which glibc has no function for.
     *
     * @param number of the system call
     * @param directory an open directory
     * @param path in it
     * @param how struct open_how, direct
     * @param size of that, bytes
     * @return a file descriptor, or -1
     */
    long syscall(long number, long directory, @In String path, @In ByteBuffer how, @size_t long size);

    /**
     * syscall(2), for kcmp(2), which glibc has no function for.
     *
     * @param number of the system call
     * @param first a process
     * @param second another one
     * @param type KCMP_*
     * @param index1 0
     * @param index2 0
     * @return 0 if they are equal, 1 to 3 if not, or -1
     */
    long syscall(long number, long first, long second, long type, long index1, long index2);

    /**
     * setpriority(2).
     *
     * @param which PRIO_*
     * @param who 0 for the calling thread
     * @param nice -20 to 19
     * @return 0, or -1
     */
    int setpriority(int which, int who, int nice);

    /**
     * setfsuid(2), of the calling thread alone.
     *
     * @param user what it is to be
     * @return what it was, whether it could be changed or not
     */
    int setfsuid(int user);

    /**
     * prlimit(2).
     *
     * @param pid 0 for this process
     * @param resource RLIMIT_*
     * @param limit the new one, struct rlimit, direct; or null
     * @param before for the old one, struct rlimit, direct; or null
     * @return 0, or -1
     */
    int prlimit(int pid, int resource, @In ByteBuffer limit, @Out ByteBuffer before);

    /**
     * fallocate(2).
     *
     * @param fd the descriptor
     * @param mode FALLOC_FL_*
     * @param offset bytes from the start
     * @param size bytes
     * @return 0, or -1
     */
    int fallocate(int fd, int mode, @off_t long offset, @off_t long size);

    /**
     * statfs(2).
     *
     * @param path any file of the file system
     * @param target struct statfs, direct
     * @return 0, or -1
     */
    int statfs(@In String path, @Out ByteBuffer target);

    /**
     * mount(2).
     *
     * @param source what to mount
     * @param target where
     * @param type of the file system
     * @param flags MS_*
     * @param data options of the type
     * @return 0, or -1
     */
    int mount(@In String source, @In String target, @In String type, long flags, @In String data);

    /**
     * inotify_init1(2).
     *
     * @param flags IN_*
     * @return a file descriptor, or -1
     */
    int inotify_init1(int flags);

    /**
     * inotify_add_watch(2).
     *
     * @param fd of inotify_init1
     * @param path what to watch
     * @param mask IN_*
     * @return a watch descriptor, or -1
     */
    int inotify_add_watch(int fd, @In String path, int mask);

    /**
     * eventfd(2).
     *
     * @param initial count
     * @param flags EFD_*
     * @return a file descriptor, or -1
     */
    int eventfd(int initial, int flags);

    /**
     * clock_gettime(2).
     *
     * @param clock CLOCK_*
     * @param time struct timespec, direct
     * @return 0, or -1
     */
    int clock_gettime(int clock, ByteBuffer time);

    /**
     * poll(2).
     *
     * @param fds struct pollfd[], direct
     * @param count of them
     * @param timeout milliseconds, -1 for ever
     * @return how many are ready, or -1
     */
    int poll(ByteBuffer fds, long count, int timeout);

    /**
     * mmap(2).
     *
     * @param address null
     * @param size bytes
     * @param protection PROT_*
     * @param flags MAP_*
     * @param fd -1 for memory
     * @param offset 0
     * @return what was mapped, or -1
     */
    Pointer mmap(Pointer address, @size_t long size, int protection, int flags, int fd, @off_t long offset);

    /**
     * munmap(2).
     *
     * @param address of the first byte
     * @param size bytes
     * @return 0, or -1
     */
    int munmap(long address, @size_t long size);

    /**
     * madvise(2).
     *
     * @param address of the first byte
     * @param size bytes
     * @param advice MADV_*
     * @return 0, or -1
     */
    int madvise(long address, @size_t long size, int advice);

    /**
     * malloc_trim(3).
     *
     * @param kept bytes to leave at the top of the heap
     * @return whether any memory was released
     */
    int malloc_trim(@size_t long kept);

    /**
     * umount2(2).
     *
     * @param target the mount point
     * @param flags MNT_*, UMOUNT_*
     * @return 0, or -1
     */
    int umount2(@In String target, int flags);

    /**
     * access(2).
     *
     * @param path the file
     * @param mode what is asked for, F_OK or *_OK
     * @return 0 if it is allowed, or -1
     */
    int access(@In String path, int mode);

    /**
     * geteuid(2).
     *
     * @return the user as whom this process acts
     */
    int geteuid();

    /**
     * sysconf(3).
     *
     * @param name _SC_*
     * @return its value, or -1
     */
    long sysconf(int name);

    /**
     * socket(2).
     *
     * @param domain AF_*
     * @param type SOCK_*
     * @param protocol of the domain
     * @return a file descriptor, or -1
     */
    int socket(int domain, int type, int protocol);

    /**
     * bind(2).
     *
     * @param fd of socket
     * @param address struct sockaddr, direct
     * @param size of the address in bytes
     * @return 0, or -1
     */
    int bind(int fd, @In ByteBuffer address, int size);

    /**
     * setsockopt(2).
     *
     * @param fd of socket
     * @param level SOL_*
     * @param option of the level
     * @param value direct
     * @param size of the value in bytes
     * @return 0, or -1
     */
    int setsockopt(int fd, int level, int option, @In ByteBuffer value, int size);

    /**
     * recvfrom(2).
     *
     * @param fd of socket
     * @param target direct
     * @param size bytes
     * @param flags MSG_*
     * @param address for the sender's, struct sockaddr, direct
     * @param addressSize an int: how many bytes there are for it, direct
     * @return bytes received, or -1
     */
    @ssize_t
    long recvfrom(
            int fd, @Out ByteBuffer target, @size_t long size, int flags, ByteBuffer address, ByteBuffer addressSize);

    /**
     * sendto(2).
     *
     * @param fd of socket
     * @param message direct
     * @param size bytes
     * @param flags MSG_*
     * @param address struct sockaddr, direct
     * @param addressSize of it in bytes
     * @return bytes sent, or -1
     */
    @ssize_t
    long sendto(int fd, @In ByteBuffer message, @size_t long size, int flags, @In ByteBuffer address, int addressSize);
}
