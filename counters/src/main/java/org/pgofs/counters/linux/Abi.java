package org.pgofs.counters.linux;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The numbers by which this process speaks with the kernel and the C library: of system calls, flags and operations, and the
 * places of fields in structures, in bytes. Where machines differ, there is one for each. Names are those of C's headers; a
 * test compares all of them with those of C's compilers for either machine.
 */
public final class Abi {
    private static final String AARCH64_NAME = "aarch64";
    private static final String X86_64_NAME = "amd64";
    private static final String MACHINE = System.getProperty("os.arch", "");
    private static final boolean AARCH64 = MACHINE.equals(AARCH64_NAME);

    /** The expression in C of which something is the value; otherwise it is that of its name. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.FIELD)
    @interface C {
        String value();
    }

    @C("SYS_getdents64")
    static final int SYS_GETDENTS64 = perMachine(217, 61);

    @C("SYS_kcmp")
    static final int SYS_KCMP = perMachine(312, 272);

    @C("SYS_openat2")
    static final int SYS_OPENAT2 = 437;

    static final int O_WRONLY = 1;
    static final int O_CREAT = 0x40;
    static final int O_TRUNC = 0x200;
    static final int O_APPEND = 0x400;
    static final int O_NONBLOCK = 0x800;
    static final int O_NOFOLLOW = perMachine(0x20000, 0x8000);
    static final int O_CLOEXEC = 0x80000;
    static final int O_PATH = 0x200000;
    static final int RESOLVE_NO_XDEV = 1;
    static final int RESOLVE_NO_SYMLINKS = 4;

    @C("sizeof(struct open_how)")
    static final int OPEN_HOW_SIZE = 24;

    @C("offsetof(struct open_how, flags)")
    static final int OPEN_HOW_FLAGS = 0;

    @C("offsetof(struct open_how, mode)")
    static final int OPEN_HOW_MODE = 8;

    @C("offsetof(struct open_how, resolve)")
    static final int OPEN_HOW_RESOLVE = 16;

    static final int F_OK = 0;
    static final int SEEK_DATA = 3;
    static final int FIONREAD = 0x541b;
    static final int FALLOC_FL_KEEP_SIZE = 1;

    static final int F_SETSIG = 10;
    static final int F_SETLEASE = 1024;
    static final int F_RDLCK = 0;
    static final int F_UNLCK = 2;
    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;
    static final int SIGURG = 23;

    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int AT_STATX_DONT_SYNC = 0x4000;
    static final int STATX_BASIC_STATS = 0x7ff;

    @C("sizeof(struct statx)")
    static final int STATX_SIZE = 256;

    @C("offsetof(struct statx, stx_nlink)")
    static final int STX_NLINK = 16;

    @C("offsetof(struct statx, stx_uid)")
    static final int STX_UID = 20;

    @C("offsetof(struct statx, stx_mode)")
    static final int STX_MODE = 28;

    @C("offsetof(struct statx, stx_ino)")
    static final int STX_INO = 32;

    @C("offsetof(struct statx, stx_size)")
    static final int STX_SIZE = 40;

    @C("offsetof(struct statx, stx_mtime.tv_sec)")
    static final int STX_MTIME_SECONDS = 112;

    @C("offsetof(struct statx, stx_mtime.tv_nsec)")
    static final int STX_MTIME_NANOS = 120;

    /** {@code struct stat}, which libfuse takes; the kernel is only asked by statx. */
    @C("sizeof(struct stat)")
    public static final int STAT_SIZE = perMachine(144, 128);

    @C("offsetof(struct dirent64, d_ino)")
    static final int DIRENT_INODE = 0;

    @C("offsetof(struct dirent64, d_reclen)")
    static final int DIRENT_LENGTH = 16;

    @C("offsetof(struct dirent64, d_name)")
    static final int DIRENT_NAME = 19;

    @C("sizeof(struct statfs)")
    public static final int STATFS_SIZE = 120;

    @C("offsetof(struct statfs, f_type)")
    public static final int STATFS_TYPE = 0;

    @C("offsetof(struct statfs, f_bsize)")
    public static final int STATFS_BLOCK_SIZE = 8;

    @C("offsetof(struct statfs, f_blocks)")
    public static final int STATFS_BLOCKS = 16;

    @C("offsetof(struct statfs, f_bfree)")
    public static final int STATFS_FREE_BLOCKS = 24;

    @C("offsetof(struct statfs, f_files)")
    public static final int STATFS_FILES = 40;

    @C("offsetof(struct statfs, f_ffree)")
    public static final int STATFS_FREE_FILES = 48;

    public static final long TMPFS_MAGIC = 0x01021994;

    public static final long MS_NOSUID = 2;
    public static final long MS_NODEV = 4;
    public static final long MS_NOEXEC = 8;
    public static final long MS_REMOUNT = 32;
    static final int MNT_FORCE = 1;
    static final int MNT_DETACH = 2;
    static final int UMOUNT_NOFOLLOW = 8;

    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_PRIVATE = 2;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MADV_FREE = 8;
    static final int MADV_HUGEPAGE = 14;

    static final int KCMP_VM = 1;
    static final int PRIO_PROCESS = 0;
    static final int CLOCK_THREAD_CPUTIME_ID = 3;

    @C("_SC_PAGESIZE")
    static final int SC_PAGESIZE = 30;

    static final int RLIMIT_NOFILE = 7;

    @C("sizeof(struct rlimit)")
    static final int RLIMIT_SIZE = 16;

    @C("offsetof(struct rlimit, rlim_max)")
    static final int RLIMIT_MAX = 8;

    @C("sizeof(struct timespec)")
    static final int TIMESPEC_SIZE = 16;

    @C("offsetof(struct timespec, tv_nsec)")
    static final int TIMESPEC_NANOS = 8;

    static final int IN_CLOSE_WRITE = 0x8;
    static final int IN_MOVED_TO = 0x80;
    static final int IN_Q_OVERFLOW = 0x4000;
    static final int IN_ONLYDIR = 0x1000000;
    static final int IN_NONBLOCK = 0x800;
    static final int IN_CLOEXEC = 0x80000;

    @C("sizeof(struct inotify_event)")
    static final int INOTIFY_SIZE = 16;

    @C("offsetof(struct inotify_event, mask)")
    static final int INOTIFY_MASK = 4;

    @C("offsetof(struct inotify_event, len)")
    static final int INOTIFY_NAME_SIZE = 12;

    static final int EFD_NONBLOCK = 0x800;
    static final int EFD_CLOEXEC = 0x80000;
    static final short POLLIN = 1;

    @C("sizeof(struct pollfd)")
    static final int POLLFD_SIZE = 8;

    @C("offsetof(struct pollfd, events)")
    static final int POLLFD_EVENTS = 4;

    @C("offsetof(struct pollfd, revents)")
    static final int POLLFD_HAPPENED = 6;

    static final int AF_UNIX = 1;
    static final int AF_NETLINK = 16;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_RAW = 3;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SO_RCVBUFFORCE = 33;
    static final int MSG_NOSIGNAL = 0x4000;

    @C("offsetof(struct sockaddr_un, sun_path)")
    static final int UNIX_PATH = 2;

    @C("sizeof(((struct sockaddr_un *)0)->sun_path)")
    static final int UNIX_PATH_MAX = 108;

    @C("sizeof(struct sockaddr_nl)")
    static final int NETLINK_ADDRESS_SIZE = 12;

    @C("offsetof(struct sockaddr_nl, nl_pid)")
    static final int NETLINK_ADDRESS_PID = 4;

    @C("offsetof(struct sockaddr_nl, nl_groups)")
    static final int NETLINK_ADDRESS_GROUPS = 8;

    static final int NETLINK_KOBJECT_UEVENT = 15;
    static final int NETLINK_CONNECTOR = 11;
    static final int CN_IDX_PROC = 1;
    static final int CN_VAL_PROC = 1;
    static final int PROC_CN_MCAST_LISTEN = 1;
    static final short NLMSG_DONE = 3;

    @C("sizeof(struct nlmsghdr)")
    static final int NETLINK_HEADER_SIZE = 16;

    @C("offsetof(struct nlmsghdr, nlmsg_type)")
    static final int NETLINK_HEADER_TYPE = 4;

    @C("sizeof(struct cn_msg)")
    static final int CONNECTOR_SIZE = 20;

    @C("offsetof(struct cn_msg, id.val)")
    static final int CONNECTOR_VALUE = 4;

    @C("offsetof(struct cn_msg, len)")
    static final int CONNECTOR_DATA_SIZE = 16;

    static final int PROC_EVENT_NONE = 0;
    static final int PROC_EVENT_FORK = 1;
    static final int PROC_EVENT_EXEC = 2;

    @C("offsetof(struct proc_event, event_data)")
    static final int PROC_EVENT_DATA = 16;

    @C("sizeof(((struct proc_event *)0)->event_data.fork)")
    static final int PROC_FORK_SIZE = 16;

    @C("sizeof(((struct proc_event *)0)->event_data.exec)")
    static final int PROC_EXEC_SIZE = 8;

    private Abi() {}

    private static int perMachine(int x86, int aarch64) {
        return AARCH64 ? aarch64 : x86;
    }

    /** Whether the numbers are those of this machine. */
    static boolean isKnown() {
        return AARCH64 || MACHINE.equals(X86_64_NAME);
    }
}
