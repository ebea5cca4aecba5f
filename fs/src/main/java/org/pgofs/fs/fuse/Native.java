package org.pgofs.fs.fuse;

import java.io.IOException;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.annotations.IgnoreError;
import org.pgofs.counters.linux.FusePackage;
import org.pgofs.counters.linux.NativeLibrary;

/**
 * The functions of libfuse. The binding's class generator wants the interfaces public. Addresses are plain
 * numbers where a Pointer object would be made for every call.
 */
final class Native {

    /** Offset of the bit field in {@code struct fuse_file_info}. */
    static final int INFO_BITS = 20;

    static final int INFO_DIRECT_IO = 1;

    /** Offset of {@code fh} in {@code struct fuse_file_info}. */
    static final int INFO_HANDLE = 24;

    /** Offset of the process in {@code struct fuse_ctx}, behind the user and the group. */
    static final int CONTEXT_PROCESS = 8;

    private static final String LIBFUSE = "libfuse.so.2";

    /**
     * Of libfuse 2.9, its lower interface: the upper one has one inode for each path. Of functions with several versions
     * {@code dlsym} finds that of 2.6, which is meant here. Numbers are addresses, or as C has them.
     */
    public interface Fuse {
        /** Mounts, and takes its options out of the arguments. */
        Pointer fuse_mount(String mountPoint, Pointer arguments);

        /** Unmounts if that is still to be done, and frees the channel. */
        void fuse_unmount(String mountPoint, Pointer channel);

        /** Frees what the functions above allocated for the arguments. */
        void fuse_opt_free_args(Pointer arguments);

        Pointer fuse_lowlevel_new(Pointer arguments, Pointer operations, long operationsSize, Pointer userData);

        void fuse_session_add_chan(Pointer session, Pointer channel);

        /** Serves requests until the file system is unmounted. Several threads may do so at once. */
        int fuse_session_loop(Pointer session);

        void fuse_session_destroy(Pointer session);

        /** The address of {@code struct fuse_ctx}, which begins with the user who asks. */
        @IgnoreError
        long fuse_req_ctx(long request);

        /** The answers; each frees the request. An error of theirs says that nobody waits any more. */
        @IgnoreError
        int fuse_reply_err(long request, int errno);

        @IgnoreError
        void fuse_reply_none(long request);

        @IgnoreError
        int fuse_reply_entry(long request, long entry);

        @IgnoreError
        int fuse_reply_attr(long request, long stat, double timeout);

        @IgnoreError
        int fuse_reply_open(long request, long info);

        @IgnoreError
        int fuse_reply_write(long request, long count);

        @IgnoreError
        int fuse_reply_buf(long request, long buffer, long size);

        @IgnoreError
        int fuse_reply_statfs(long request, long statvfs);
    }

    /** A callback that needs its first argument only. */
    public interface Call1 {
        @Delegate
        void call(long a);
    }

    /** A callback with two arguments, each an address or a number in a register. */
    public interface Call2 {
        @Delegate
        void call(long a, long b);
    }

    /** A callback with three arguments. */
    public interface Call3 {
        @Delegate
        void call(long a, long b, long c);
    }

    /** A callback with five arguments. */
    public interface Call5 {
        @Delegate
        void call(long a, long b, long c, long d, long e);
    }

    /** A callback with six arguments. */
    public interface Call6 {
        @Delegate
        void call(long a, long b, long c, long d, long e, long f);
    }

    final Fuse fuse;
    final Runtime runtime;

    /**
     * Loads the libraries.
     *
     * @throws IOException if libfuse 2 is not installed, or jffi's own library is not where it should be; the message is a
     *     line that says what to do
     */
    Native() throws IOException {
        NativeLibrary.require();
        try {
            fuse = LibraryLoader.create(Fuse.class).failImmediately().load(LIBFUSE);
        } catch (UnsatisfiedLinkError e) {
            throw new MountException(LIBFUSE + " cannot be loaded: " + FusePackage.howToInstall(), e);
        }
        runtime = Runtime.getRuntime(fuse);
    }
}
