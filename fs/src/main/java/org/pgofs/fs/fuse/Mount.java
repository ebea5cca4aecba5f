package org.pgofs.fs.fuse;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import jnr.ffi.Pointer;
import org.pgofs.counters.linux.ForeignPath;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.MountTable;
import org.pgofs.fs.Directory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mounted tree.
 *
 * <ol>
 *   <li>It is served by threads of its own, which do not keep the JVM alive.
 *   <li>When the process ends without closing it, however, it is unmounted.
 *   <li>The tree must not be used by other file accesses of this JVM: a thread of it that waits for another would hang
 *       at exit.
 *   <li>Nothing here touches the JVM's signal handlers; {@code -Xrs} would change that.
 * </ol>
 */
public final class Mount implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mount.class);
    private static final Duration READY = Duration.ofSeconds(10);
    private static final Duration HANDLES_TO_CLOSE = Duration.ofMillis(1500);
    private static final Duration LOOPS_TO_END = Duration.ofMillis(200);

    /** The kernel's limit with this protocol version. */
    private static final int MAX_READ = 128 * 1024;

    private static final String FUSE_OPTIONS = "fsname=pgofs,subtype=pgofs,nosuid,nodev,noexec,allow_other,"
            // What nobody asked for must not count as taken.
            + "default_permissions,big_writes,max_readahead=0,max_read=" + MAX_READ;

    private final Native libraries;
    private final Path mountPoint;
    private final Callbacks callbacks;
    private final Pointer channel;
    private final Pointer session;
    private final LoopThreads threads;
    private final AtomicBoolean closed = new AtomicBoolean();
    private String device;
    private Watchdog watchdog;

    private Mount(Native libraries, Path mountPoint, Directory root, MountOptions options, Consumer<Throwable> failures)
            throws MountException {
        this.libraries = libraries;
        this.mountPoint = mountPoint;
        threads = new LoopThreads(this::loop, this::tearDown);
        callbacks = new Callbacks(libraries, threads, root, options, MAX_READ, failures);
        Arguments arguments = new Arguments(libraries.runtime, "pgofs", "-o", FUSE_OPTIONS);
        try {
            channel = libraries.fuse.fuse_mount(mountPoint.toString(), arguments.memory());
            if (channel == null) {
                throw new MountException("cannot mount " + mountPoint + ": see libfuse's message above");
            }
            session = libraries.fuse.fuse_lowlevel_new(
                    arguments.memory(), callbacks.table(), callbacks.table().size(), null);
            if (session == null) {
                libraries.fuse.fuse_unmount(mountPoint.toString(), channel);
                throw new MountException("cannot serve " + mountPoint + ": see libfuse's message above");
            }
        } finally {
            libraries.fuse.fuse_opt_free_args(arguments.memory());
        }
        libraries.fuse.fuse_session_add_chan(session, channel);
    }

    /**
     * Checks whether a tree could be mounted, as {@link #mount} does first.
     *
     * @param mountPoint as given to {@link #mount}
     * @return its path as the kernel sees it
     * @throws MountException if nothing can be mounted there; the message is a line that says what to do
     * @throws IOException if the mount table cannot be read
     */
    public static Path check(Path mountPoint) throws IOException {
        new Native(); // or it says what is missing
        return MountPoint.prepare(mountPoint);
    }

    /**
     * Makes sure that what is at a path is a mount of this kind, dead or alive: whatever else is there may be anybody's.
     *
     * @param mountPoint as given to {@link #mount}
     * @throws MountException if it is not
     * @throws AccessDeniedException if this process may not look at it
     * @throws IOException if the mount table cannot be read
     */
    public static void require(Path mountPoint) throws IOException {
        MountPoint.require(mountPoint);
    }

    /**
     * The mounts of this kind, dead or alive, that root serves: nobody else's file system is asked anything.
     *
     * @return the path of each as the kernel sees it, the oldest mount first
     * @throws IOException if the mount table cannot be read
     */
    public static List<Path> all() throws IOException {
        return MountPoint.all();
    }

    /**
     * Makes sure that no part of a path is on a file system that may never answer, but for a mount of this kind, dead or
     * alive.
     *
     * @param mountPoint as given to {@link #mount}
     * @throws IOException if one is; the message is one line
     */
    public static void requireNoOther(Path mountPoint) throws IOException {
        ForeignPath.requireNoFuse(mountPoint, MountPoint.TYPE);
    }

    /**
     * Mounts a tree, and returns when it is ready. Needs root.
     *
     * @param mountPoint an empty directory; if the mount of a killed process is still there, it is detached
     * @param root the tree; its mode becomes that of the options
     * @param options mode and owner
     * @param failures is told why, for every request that fails, by the thread that serves it and before the answer; it
     *     throws nothing, and needs no memory if that is what there was none of
     * @return the mount
     * @throws MountException if it cannot be mounted; the message is a line that says what to do
     * @throws IOException if the mount table cannot be read
     */
    public static Mount mount(Path mountPoint, Directory root, MountOptions options, Consumer<Throwable> failures)
            throws IOException {
        return mount(mountPoint, root, options, failures, Optional.empty());
    }

    /**
     * The same, with a file that shows when this process was killed.
     *
     * @param mountPoint an empty directory
     * @param root the tree
     * @param options mode and owner
     * @param failures is told why, for every request that fails
     * @param mark the time of its last change becomes that of the death; nothing is made
     * @return the mount
     * @throws MountException if it cannot be mounted; the message is a line that says what to do
     * @throws IOException if the mount table cannot be read
     */
    public static Mount mount(
            Path mountPoint, Directory root, MountOptions options, Consumer<Throwable> failures, Optional<Path> mark)
            throws IOException {
        Native libraries = new Native();
        Path prepared = MountPoint.prepare(mountPoint);
        root.chmod(options.mode());
        Mount mount = new Mount(libraries, prepared, root, options, failures);
        mount.start(mark);
        return mount;
    }

    /**
     * Waits until it is unmounted, by {@link #close()} or from outside, and everything is cleaned up.
     *
     * @throws InterruptedException if the calling thread is interrupted
     */
    public void awaitUnmount() throws InterruptedException {
        threads.awaitEnd();
    }

    /**
     * Whether nobody has unmounted it, or begun to.
     *
     * @return whether it is there, under whatever path
     * @throws IOException if the mount table cannot be read
     */
    public boolean isMounted() throws IOException {
        return !closed.get() && mounted().isPresent();
    }

    /**
     * Where it can be reached: a directory above it may have been renamed.
     *
     * @return its path; empty if it is covered, or somebody has unmounted it
     * @throws IOException if the mount table cannot be read
     */
    public Optional<Path> place() throws IOException {
        return closed.get() ? Optional.empty() : mounted().map(entry -> Path.of(entry.mountPoint()));
    }

    /**
     * Unmounts: gives open files 1.5 s to be closed, then cuts off those that are left. Returns within 2 s. More calls
     * wait for the first.
     */
    @Override
    public void close() {
        try {
            if (closed.compareAndSet(false, true)) {
                detach();
            }
            if (!threads.awaitEnd(LOOPS_TO_END)) {
                threads.interrupt();
                if (!threads.awaitEnd(LOOPS_TO_END)) {
                    LOG.warn("{} is not free yet: it is covered, or an operation or an open file holds it", mountPoint);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(Optional<Path> mark) throws IOException {
        try {
            device = MountTable.read()
                    .at(mountPoint)
                    .orElseThrow(() -> new MountException(mountPoint + " is not in /proc/self/mountinfo: mount /proc"))
                    .device();
        } catch (IOException e) {
            tearDown();
            throw e;
        }
        try {
            watchdog = Watchdog.start(mountPoint, device, mark);
        } catch (IOException e) {
            LOG.warn("{} will stay mounted if this process is killed", mountPoint, e);
        }
        threads.start();
        if (!isReady()) {
            close();
            throw new MountException("the kernel does not answer at " + mountPoint + ": try again");
        }
    }

    private boolean isReady() {
        try {
            return callbacks.awaitInit(READY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void loop() {
        int result = libraries.fuse.fuse_session_loop(session);
        if (result != 0) {
            LOG.error("{}: a loop ended with {}", mountPoint, result);
        }
    }

    private void detach() throws InterruptedException {
        try {
            callbacks.files().awaitEmpty(HANDLES_TO_CLOSE);
        } finally {
            unmount();
        }
    }

    /**
     * Cuts off and detaches in one call, since a detached mount cannot be named any more. Where it is now is asked, not
     * where it was made: a directory above it may have been renamed.
     */
    private void unmount() {
        try {
            Optional<MountTable.Entry> mounted = mounted();
            if (mounted.isPresent()) {
                Linux.unmount(mounted.get().mountPoint(), true);
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("cannot unmount {}", mountPoint, e);
        }
    }

    /** Once the session has ended, another file system may have the device number. What is covered is left alone. */
    private Optional<MountTable.Entry> mounted() throws IOException {
        if (threads.haveEnded()) {
            return Optional.empty();
        }
        return MountTable.read().visible().stream().filter(this::isOurs).findFirst();
    }

    private boolean isOurs(MountTable.Entry entry) {
        return MountPoint.isOurs(entry) && entry.device().equals(device);
    }

    /** By the last loop thread: no callback runs or will. */
    private void tearDown() {
        callbacks.closeLeaked();
        libraries.fuse.fuse_unmount(mountPoint.toString(), channel);
        libraries.fuse.fuse_session_destroy(session);
        if (watchdog != null) {
            watchdog.close();
        }
    }
}
