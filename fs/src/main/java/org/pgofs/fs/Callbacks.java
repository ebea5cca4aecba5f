package org.pgofs.fs;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jnr.ffi.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import ru.serce.jnrfuse.struct.FuseOperations;

/**
 * What libfuse calls: it turns addresses into nodes, handles and buffers, and exceptions into error numbers.
 *
 * <p>All operations on open files come without a path ({@code flag_nopath}): libfuse would lock the path while they
 * run, and one that blocks would block others where {@link LoopThreads} does not see it.
 */
final class Callbacks {
    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
    private static final int MAX_NAME_BYTES = 256;

    /** What a request is about; its name appears in the log. */
    private interface Subject<T> {
        T find() throws FsException;
    }

    /** What a request does; returns 0 or a number of bytes. */
    private interface Request<T> {
        int serve(T subject) throws FsException;
    }

    private record Listing(String path, List<String> names) {}

    private final MemoryIO memory = MemoryIO.getInstance();
    private final Native libraries;
    private final LoopThreads threads;
    private final Directory root;
    private final Attributes attributes;
    private final CallbackTable table;
    private final HandleTable<Handle> files = new HandleTable<>();
    private final HandleTable<Listing> listings = new HandleTable<>();
    private final CountDownLatch initialized = new CountDownLatch(1);
    private final CallContext fillDir = CallContext.getCallContext(
            Type.SINT,
            new Type[] {Type.POINTER, Type.POINTER, Type.POINTER, Type.SINT64},
            CallingConvention.DEFAULT,
            false);

    Callbacks(Native libraries, LoopThreads threads, Directory root, MountOptions options) {
        this.libraries = libraries;
        this.threads = threads;
        this.root = root;
        attributes = new Attributes(libraries.runtime, options);
        table = new CallbackTable(libraries.runtime);
        register(table.fields());
    }

    /** The address and size of {@code struct fuse_operations}. */
    Pointer table() {
        return table.memory();
    }

    HandleTable<Handle> files() {
        return files;
    }

    /** Waits until the kernel and libfuse have agreed; accesses from then on are served. */
    boolean awaitInit(Duration atMost) throws InterruptedException {
        return initialized.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Closes what the kernel does not close any more, when no callback runs. */
    void closeLeaked() {
        for (Handle handle : files.entries().values()) {
            LOG.warn("{} was open when it was unmounted", handle);
            try {
                handle.file().close();
            } catch (RuntimeException e) {
                LOG.error("cannot close {}", handle, e);
            }
        }
    }

    private void register(FuseOperations f) {
        table.put(f.init.offset(), Native.Init.class, this::init);
        table.put(f.getattr.offset(), Native.Call2.class, this::getattr);
        table.put(f.fgetattr.offset(), Native.Call3.class, this::fgetattr);
        table.put(f.chmod.offset(), Native.Call2.class, this::chmod);
        table.put(f.chown.offset(), Native.Call3.class, this::chown);
        table.put(f.open.offset(), Native.Call2.class, this::open);
        table.put(f.read.offset(), Native.Call5.class, this::read);
        table.put(f.write.offset(), Native.Call5.class, this::write);
        table.put(f.flush.offset(), Native.Call2.class, this::flush);
        table.put(f.release.offset(), Native.Call2.class, this::release);
        table.put(f.opendir.offset(), Native.Call2.class, this::opendir);
        table.put(f.readdir.offset(), Native.Call5.class, this::readdir);
        table.put(f.releasedir.offset(), Native.Call2.class, this::releasedir);
        table.put(f.statfs.offset(), Native.Call2.class, this::statfs);
        Native.Call0 accepted = () -> 0;
        for (long field : List.of(f.truncate.offset(), f.ftruncate.offset(), f.utimens.offset())) {
            table.put(field, Native.Call0.class, accepted);
        }
        // As debugfs answers.
        Native.Call0 refused = () -> -Errno.EPERM.number();
        for (long field : List.of(
                f.mknod.offset(),
                f.mkdir.offset(),
                f.unlink.offset(),
                f.rmdir.offset(),
                f.symlink.offset(),
                f.rename.offset(),
                f.link.offset())) {
            table.put(field, Native.Call0.class, refused);
        }
        table.put(f.create.offset(), Native.Call0.class, () -> -Errno.EACCES.number());
    }

    private long init(long connection) {
        initialized.countDown();
        return 0;
    }

    private int getattr(long path, long stat) {
        return guard("getattr", () -> string(path), name -> {
            Node node = root.resolve(name);
            if (node instanceof Directory directory) {
                attributes.putDirectory(stat, directory);
            } else if (node instanceof PseudoFile file) {
                Handle own = openedByCaller(name);
                if (own == null) {
                    attributes.putFile(stat, file, largestTold(file));
                } else {
                    putOpenFile(stat, own);
                }
            } else {
                return -Errno.ENOENT.number();
            }
            return 0;
        });
    }

    private int fgetattr(long path, long stat, long info) {
        return guard("fgetattr", () -> files.get(number(info)), handle -> {
            putOpenFile(stat, handle);
            return 0;
        });
    }

    private void putOpenFile(long stat, Handle handle) throws FsException {
        attributes.putFile(stat, handle.node(), handle.size(), handle.modified());
    }

    private int chmod(long path, long mode) {
        return guard("chmod", () -> string(path), name -> {
            existing(name).chmod((int) mode);
            return 0;
        });
    }

    private int chown(long path, long uid, long gid) {
        return guard("chown", () -> string(path), name -> {
            existing(name).chown((int) uid, (int) gid);
            return 0;
        });
    }

    private int open(long path, long info) {
        return guard("open", () -> string(path), name -> {
            if (!(existing(name) instanceof PseudoFile file)) {
                throw new FsException(Errno.EINVAL, name + " is a directory");
            }
            Handle handle = new Handle(name, file, caller(), file.operations().open());
            memory.putLong(info + Native.INFO_HANDLE, files.add(handle));
            // Handles differ in content and size, so the page cache, which belongs to the inode, must stay out.
            memory.putInt(info + Native.INFO_BITS, memory.getInt(info + Native.INFO_BITS) | Native.INFO_DIRECT_IO);
            return 0;
        });
    }

    private int read(long path, long buffer, long size, long offset, long info) {
        return guard("read", () -> files.get(number(info)), handle -> {
            ByteBuffer target = memory.newDirectByteBuffer(buffer, (int) size).order(ByteOrder.LITTLE_ENDIAN);
            int count = handle.file().read(offset, target);
            if (count < 0 || count > size) {
                throw new IllegalStateException("a read of " + size + " bytes returned " + count);
            }
            return count;
        });
    }

    private int write(long path, long buffer, long size, long offset, long info) {
        return guard("write", () -> files.get(number(info)), handle -> {
            ByteBuffer data = memory.newDirectByteBuffer(buffer, (int) size).asReadOnlyBuffer();
            handle.file().write(offset, data.order(ByteOrder.LITTLE_ENDIAN));
            return (int) size;
        });
    }

    private int flush(long path, long info) {
        return guard("flush", () -> files.get(number(info)), handle -> {
            handle.file().flush();
            return 0;
        });
    }

    private int release(long path, long info) {
        return guard("release", () -> files.remove(number(info)), handle -> {
            handle.file().close();
            return 0;
        });
    }

    private int opendir(long path, long info) {
        return guard("opendir", () -> string(path), name -> {
            if (!(existing(name) instanceof Directory directory)) {
                throw new FsException(Errno.EINVAL, name + " is not a directory");
            }
            memory.putLong(info + Native.INFO_HANDLE, listings.add(new Listing(name, directory.names())));
            return 0;
        });
    }

    private int readdir(long path, long buffer, long filler, long offset, long info) {
        return guard("readdir", () -> listings.get(number(info)), listing -> {
            fill(filler, buffer, ".");
            fill(filler, buffer, "..");
            for (String name : listing.names()) {
                fill(filler, buffer, name);
            }
            return 0;
        });
    }

    private void fill(long filler, long buffer, String name) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(MAX_NAME_BYTES);
        bytes.put(name.getBytes(StandardCharsets.UTF_8)).put((byte) 0);
        try {
            Invoker.getInstance().invokeN4(fillDir, filler, buffer, memory.getDirectBufferAddress(bytes), 0, 0);
        } finally {
            // Nothing else keeps its memory until the call has read it.
            Reference.reachabilityFence(bytes);
        }
    }

    private int releasedir(long path, long info) {
        return guard("releasedir", () -> listings.remove(number(info)), listing -> 0);
    }

    private int statfs(long path, long statvfs) {
        return guard("statfs", () -> string(path), name -> {
            attributes.putFileSystem(statvfs);
            return 0;
        });
    }

    /** Serves a request; nothing that it throws reaches libfuse, where it would look like success. */
    private <T> int guard(String operation, Subject<T> subject, Request<T> request) {
        long start = System.nanoTime();
        T found = null;
        int result;
        try {
            threads.enter();
            found = subject.find();
            result = request.serve(found);
        } catch (FsException e) {
            if (e.errno() == Errno.EIO) {
                LOG.error("{} {} failed", operation, found, e);
            } else {
                LOG.debug("{} {}: {}: {}", operation, found, e.errno(), e.getMessage());
            }
            result = -e.errno().number();
        } catch (Throwable e) {
            LOG.error("{} {} failed", operation, found, e);
            result = -Errno.EIO.number();
        } finally {
            threads.leave();
        }
        if (LOG.isTraceEnabled()) {
            LOG.trace("{} {}: {} after {} ns", operation, found, result, System.nanoTime() - start);
        }
        return result;
    }

    private Node existing(String path) throws FsException {
        Node node = root.resolve(path);
        if (node == null) {
            throw new FsException(Errno.ENOENT, path + " is gone");
        }
        return node;
    }

    /** An fstat comes with a path only: it is about the file that its thread opened last. */
    private Handle openedByCaller(String path) {
        int caller = caller();
        Handle latest = null;
        long latestNumber = 0;
        // Few are open at a time.
        for (Map.Entry<Long, Handle> entry : files.entries().entrySet()) {
            if (entry.getKey() > latestNumber && entry.getValue().isOf(path, caller)) {
                latest = entry.getValue();
                latestNumber = entry.getKey();
            }
        }
        return latest;
    }

    /** Somebody may have mapped an open file of that size; the kernel would take from him what lies behind a smaller one. */
    private long largestTold(PseudoFile node) {
        long largest = 0;
        for (Handle handle : files.entries().values()) {
            if (handle.node() == node) {
                largest = Math.max(largest, handle.toldSize());
            }
        }
        return largest;
    }

    private int caller() {
        return memory.getInt(libraries.fuse.fuse_get_context() + Native.CONTEXT_PID);
    }

    private long number(long info) {
        return memory.getLong(info + Native.INFO_HANDLE);
    }

    private String string(long address) {
        return new String(memory.getZeroTerminatedByteArray(address), StandardCharsets.UTF_8);
    }
}
