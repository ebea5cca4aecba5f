package org.pgofs.fs.fuse;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jnr.ffi.Pointer;
import org.pgofs.fs.Caller;
import org.pgofs.fs.Directory;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FsException;
import org.pgofs.fs.Node;
import org.pgofs.fs.fuse.CallbackTable.Field;
import org.pgofs.fs.fuse.Replies.Answer;
import org.pgofs.fs.open.Handle;
import org.pgofs.fs.open.HandleTable;
import org.pgofs.fs.open.Inode;
import org.pgofs.fs.open.Inodes;
import org.pgofs.fs.open.ReaderBounds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import ru.serce.jnrfuse.struct.FileStat;

/**
 * What libfuse calls: it turns numbers and addresses into inodes, handles and buffers, and exceptions into error numbers.
 */
final class Callbacks {
    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    /** Bits of what {@code setattr} is to set. */
    private static final int SET_MODE = 1;

    private static final int SET_UID = 1 << 1;
    private static final int SET_GID = 1 << 2;

    /** What a request is about; its name appears in the log. */
    private interface Subject<T> {
        T find() throws FsException;
    }

    /** What a request does. */
    private interface Request<T> {
        Answer serve(T subject) throws FsException;
    }

    /** What a listing keeps for each name, which others have too. */
    private static final int NAME_BYTES = 16;

    private record Listing(Inode inode, List<String> names, ReaderBounds.Account account) {
        @Override
        public String toString() {
            return inode.toString();
        }
    }

    private final MemoryIO memory = MemoryIO.getInstance();
    private final Native libraries;
    private final LoopThreads threads;
    private final Consumer<Throwable> failures;
    private final ReaderBounds bounds;
    private final Attributes attributes;
    private final Replies replies;
    private final Inodes inodes;
    private final CallbackTable table;
    private final HandleTable<Handle> files = new HandleTable<>();
    private final HandleTable<Listing> listings = new HandleTable<>();
    private final CountDownLatch initialized = new CountDownLatch(1);

    /**
     * Callbacks.
     *
     * @param maxRead the most bytes that are asked for at once
     * @param failures is told of every request that fails
     */
    Callbacks(
            Native libraries,
            LoopThreads threads,
            Directory root,
            MountOptions options,
            int maxRead,
            Consumer<Throwable> failures) {
        this.libraries = libraries;
        this.threads = threads;
        this.failures = failures;
        bounds = ReaderBounds.of(options.uid());
        inodes = new Inodes(root);
        attributes = new Attributes(libraries.runtime, options);
        replies = new Replies(libraries.fuse, attributes, maxRead);
        table = new CallbackTable(libraries.runtime);
        register();
    }

    /** The address and size of {@code struct fuse_lowlevel_ops}. */
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

    private void register() {
        table.put(Field.INIT, Native.Call2.class, (userData, connection) -> initialized.countDown());
        table.put(Field.LOOKUP, Native.Call3.class, this::lookup);
        table.put(Field.FORGET, Native.Call3.class, this::forget);
        table.put(Field.GETATTR, Native.Call3.class, this::getattr);
        table.put(Field.SETATTR, Native.Call5.class, this::setattr);
        table.put(Field.OPEN, Native.Call3.class, this::open);
        table.put(Field.READ, Native.Call5.class, this::read);
        table.put(Field.WRITE, Native.Call6.class, this::write);
        table.put(Field.RELEASE, Native.Call3.class, this::release);
        table.put(Field.OPENDIR, Native.Call3.class, this::opendir);
        table.put(Field.READDIR, Native.Call5.class, this::readdir);
        table.put(Field.RELEASEDIR, Native.Call3.class, this::releasedir);
        table.put(Field.STATFS, Native.Call2.class, this::statfs);
        // As debugfs answers.
        for (Field field :
                List.of(Field.MKNOD, Field.MKDIR, Field.UNLINK, Field.RMDIR, Field.SYMLINK, Field.RENAME, Field.LINK)) {
            table.put(field, Native.Call1.class, request -> replies.error(request, Errno.EPERM));
        }
        table.put(Field.CREATE, Native.Call1.class, request -> replies.error(request, Errno.EACCES));
    }

    private void lookup(long request, long parent, long name) {
        guard("lookup", request, () -> inodes.get(parent), directory -> {
            Inode found = inodes.lookUp(directory, string(name));
            return replies.entry(request, found, () -> inodes.forget(found.id(), 1));
        });
    }

    private void forget(long request, long id, long lookUps) {
        inodes.forget(id, lookUps);
        replies.none(request);
    }

    private void getattr(long request, long id, long info) {
        guard("getattr", request, () -> inodes.get(id), inode -> replies.attributes(request, inode));
    }

    /** A size and times are accepted, and stay as they are. */
    private void setattr(long request, long id, long stat, long what, long info) {
        guard("setattr", request, () -> inodes.get(id), inode -> {
            FileStat wanted = attributes.stat(stat);
            Node node = inode.node();
            if ((what & SET_MODE) != 0) {
                node.chmod(wanted.st_mode.intValue());
            }
            node.chown(
                    (what & SET_UID) == 0 ? Node.UNCHANGED : wanted.st_uid.intValue(),
                    (what & SET_GID) == 0 ? Node.UNCHANGED : wanted.st_gid.intValue());
            return replies.attributes(request, inode);
        });
    }

    private void open(long request, long id, long info) {
        guard("open", request, () -> inodes.get(id), inode -> {
            Handle handle = inode.open(bounds, caller(request));
            long number = files.add(handle);
            memory.putLong(info + Native.INFO_HANDLE, number);
            // Who reads gets what the handle has, however many pages of it the kernel has cached for others.
            memory.putInt(info + Native.INFO_BITS, memory.getInt(info + Native.INFO_BITS) | Native.INFO_DIRECT_IO);
            return replies.open(request, info, () -> close(files.remove(number)));
        });
    }

    private void read(long request, long id, long size, long offset, long info) {
        guard(
                "read",
                request,
                () -> files.get(number(info)),
                handle -> replies.content(request, size, target -> handle.file().read(offset, target)));
    }

    private void write(long request, long id, long buffer, long size, long offset, long info) {
        guard("write", request, () -> files.get(number(info)), handle -> {
            ByteBuffer data = memory.newDirectByteBuffer(buffer, (int) size).asReadOnlyBuffer();
            handle.file().write(offset, data.order(ByteOrder.LITTLE_ENDIAN));
            return replies.written(request, size);
        });
    }

    private void release(long request, long id, long info) {
        guard("release", request, () -> files.remove(number(info)), handle -> {
            close(handle);
            return replies.done(request);
        });
    }

    private static void close(Handle handle) {
        handle.inode().closed(handle);
        handle.file().close();
    }

    private void opendir(long request, long id, long info) {
        guard("opendir", request, () -> inodes.get(id), inode -> {
            long number = listings.add(list(inode, caller(request).user()));
            memory.putLong(info + Native.INFO_HANDLE, number);
            return replies.open(
                    request, info, () -> listings.remove(number).account().close());
        });
    }

    private Listing list(Inode inode, int user) throws FsException {
        List<String> names = new ArrayList<>(List.of(".", ".."));
        names.addAll(inode.directory().names());
        ReaderBounds.Account account = bounds.open(user);
        if (!account.hold((long) names.size() * NAME_BYTES)) {
            account.close();
            throw new FsException(Errno.ENOMEM, "open directories hold too much");
        }
        return new Listing(inode, names, account);
    }

    private void readdir(long request, long id, long size, long offset, long info) {
        guard(
                "readdir",
                request,
                () -> listings.get(number(info)),
                listing -> replies.names(request, listing.names(), (int) offset, size));
    }

    private void releasedir(long request, long id, long info) {
        guard("releasedir", request, () -> listings.remove(number(info)), listing -> {
            listing.account().close();
            return replies.done(request);
        });
    }

    private void statfs(long request, long id) {
        guard("statfs", request, () -> inodes.get(id), inode -> replies.fileSystem(request));
    }

    /** Serves a request; nothing that it throws reaches libfuse, and it is answered nevertheless. */
    private <T> void guard(String operation, long request, Subject<T> subject, Request<T> work) {
        long start = System.nanoTime();
        T found = null;
        Answer answer = null;
        Throwable failure = null;
        try {
            threads.enter();
            found = subject.find();
            answer = work.serve(found);
        } catch (FsException e) {
            if (e.errno() == Errno.EIO) {
                logFailure(operation, found, e);
            } else {
                LOG.debug("{} {}: {}: {}", operation, found, e.errno(), e.getMessage());
            }
            failure = e;
        } catch (Throwable e) {
            logFailure(operation, found, e);
            failure = e;
        } finally {
            // Before the answer: the next request may come at once, and would be taken for one beside this one.
            threads.leave();
        }
        try {
            if (failure == null) {
                answer.send();
            } else {
                fail(request, failure);
            }
        } catch (Throwable e) {
            logFailure("the answer to " + operation, found, e);
        }
        if (LOG.isTraceEnabled()) {
            LOG.trace("{} {}: after {} ns", operation, found, System.nanoTime() - start);
        }
    }

    /** Told before it is answered: who has the answer finds it where it is told to. */
    private void fail(long request, Throwable failure) {
        try {
            failures.accept(failure);
        } finally {
            replies.error(request, Errno.of(failure));
        }
    }

    private static void logFailure(String operation, Object subject, Throwable failure) {
        try {
            LOG.error("{} {} failed", operation, subject, failure);
        } catch (OutOfMemoryError e) {
            // The heap is full, and the request is to be answered nevertheless.
        }
    }

    private Caller caller(long request) {
        long context = libraries.fuse.fuse_req_ctx(request);
        return new Caller(memory.getInt(context), memory.getInt(context + Native.CONTEXT_PROCESS));
    }

    private long number(long info) {
        return memory.getLong(info + Native.INFO_HANDLE);
    }

    private String string(long address) {
        return new String(memory.getZeroTerminatedByteArray(address), StandardCharsets.UTF_8);
    }
}
