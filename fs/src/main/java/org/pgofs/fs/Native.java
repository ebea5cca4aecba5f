package org.pgofs.fs;

import java.nio.file.Files;
import java.nio.file.Path;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.annotations.IgnoreError;

/**
 * The C functions that a mount needs. The binding's class generator wants the interfaces public. Addresses are plain
 * numbers where a Pointer object would be made for every call.
 */
final class Native {
    static final int MNT_FORCE = 1;
    static final int MNT_DETACH = 2;
    static final int UMOUNT_NOFOLLOW = 8;
    static final int F_OK = 0;
    static final int ENOTCONN = 107;

    /** Offset of {@code pid} in {@code struct fuse_context}. */
    static final int CONTEXT_PID = 16;

    /** Offset of the bit field in {@code struct fuse_file_info}. */
    static final int INFO_BITS = 20;

    static final int INFO_DIRECT_IO = 1;

    /** Offset of {@code fh} in {@code struct fuse_file_info}. */
    static final int INFO_HANDLE = 24;

    private static final String LIBFUSE = "libfuse.so.2";
    private static final String LIBC = "libc.so.6";

    /** Of libfuse 2.9. */
    public interface Fuse {
        /**
         * Mounts and makes a session. The one way to do so: {@code dlsym("fuse_new")} finds the function of version 2.1,
         * with other arguments. It leaves a JVM's signal handlers alone, since it replaces default dispositions only.
         */
        Pointer fuse_setup(
                int argc,
                String[] argv,
                Pointer operations,
                long operationsSize,
                Pointer mountPoint,
                Pointer multithreaded,
                Pointer userData);

        Pointer fuse_get_session(Pointer fuse);

        /** Serves requests until the file system is unmounted. Several threads may do so at once. */
        int fuse_session_loop(Pointer session);

        /** Frees everything, and unmounts if that is still to be done. */
        void fuse_teardown(Pointer fuse, Pointer mountPoint);

        /** The address of the calling thread's {@code struct fuse_context}. */
        @IgnoreError
        long fuse_get_context();
    }

    /** Of libc. */
    public interface C {
        int umount2(String target, int flags);

        int access(String path, int mode);

        int geteuid();
    }

    /** A callback that needs no argument. */
    public interface Call0 {
        @Delegate
        int call();
    }

    /** A callback with one address, which returns one. */
    public interface Init {
        @Delegate
        long call(long connection);
    }

    /** A callback with two arguments, each an address or a number in a register. */
    public interface Call2 {
        @Delegate
        int call(long a, long b);
    }

    /** A callback with three arguments. */
    public interface Call3 {
        @Delegate
        int call(long a, long b, long c);
    }

    /** A callback with five arguments. */
    public interface Call5 {
        @Delegate
        int call(long a, long b, long c, long d, long e);
    }

    final Fuse fuse;
    final C c;
    final Runtime runtime;

    /**
     * Loads the libraries.
     *
     * @throws MountException if libfuse 2 is not installed, or jnr-ffi finds no directory for its own library
     */
    Native() throws MountException {
        try {
            c = LibraryLoader.create(C.class).failImmediately().load(LIBC);
        } catch (UnsatisfiedLinkError e) {
            throw new MountException("jnr-ffi cannot load its library: " + reason(e), e);
        }
        try {
            fuse = LibraryLoader.create(Fuse.class).failImmediately().load(LIBFUSE);
        } catch (UnsatisfiedLinkError e) {
            throw new MountException(
                    LIBFUSE + " cannot be loaded: install libfuse 2 (Debian: apt install libfuse2)", e);
        }
        runtime = Runtime.getRuntime(fuse);
    }

    /** Its library is put into the directory for temporary files first. */
    private static String reason(UnsatisfiedLinkError e) {
        String directory = System.getProperty("java.io.tmpdir");
        if (!Files.isWritable(Path.of(directory))) {
            return "make " + directory + " writable";
        }
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
