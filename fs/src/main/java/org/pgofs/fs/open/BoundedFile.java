package org.pgofs.fs.open;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FsException;
import org.pgofs.fs.OpenFile;

/**
 * An open file whose memory is counted. A content that is over the bounds is let go of as soon as it is made, and every
 * further question fails.
 */
final class BoundedFile implements OpenFile {
    private static final OpenFile REFUSED = new OpenFile() {
        @Override
        public long size() throws FsException {
            throw tooMuch();
        }

        @Override
        public int read(long offset, ByteBuffer target) throws FsException {
            throw tooMuch();
        }
    };

    private final ReaderBounds.Account account;
    /** Of those who use the file; to write is to let go of it. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    private OpenFile file;
    private volatile boolean counted;

    private BoundedFile(OpenFile file, ReaderBounds.Account account) {
        this.file = file;
        this.account = account;
    }

    /**
     * Opens a file.
     *
     * @param user who opens it
     * @param opening opens it
     */
    static OpenFile open(ReaderBounds bounds, int user, Opening opening) throws FsException {
        ReaderBounds.Account account = bounds.open(user);
        try {
            BoundedFile opened = new BoundedFile(opening.open(), account);
            opened.use(file -> 0);
            return opened;
        } catch (FsException | RuntimeException | Error e) {
            account.close();
            throw e;
        }
    }

    /** Opens a file. */
    interface Opening {
        OpenFile open() throws FsException;
    }

    private interface Use {
        long of(OpenFile file) throws FsException;
    }

    private long use(Use use) throws FsException {
        lock.readLock().lock();
        try {
            long result = use.of(file);
            if (isWithinBounds()) {
                return result;
            }
        } finally {
            lock.readLock().unlock();
        }
        letGo();
        throw tooMuch();
    }

    private boolean isWithinBounds() {
        if (!counted) {
            synchronized (this) {
                long bytes = counted ? 0 : file.held();
                if (bytes > 0) {
                    counted = account.hold(bytes);
                    return counted;
                }
            }
        }
        return true;
    }

    private void letGo() {
        lock.writeLock().lock();
        try {
            file.close();
            file = REFUSED;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private static FsException tooMuch() {
        return new FsException(Errno.ENOMEM, "open files hold too much");
    }

    @Override
    public long size() throws FsException {
        return use(OpenFile::size);
    }

    @Override
    public int read(long offset, ByteBuffer target) throws FsException {
        return (int) use(opened -> opened.read(offset, target));
    }

    @Override
    public void write(long offset, ByteBuffer data) throws FsException {
        file.write(offset, data);
    }

    @Override
    public void close() {
        try {
            file.close();
        } finally {
            account.close();
        }
    }
}
