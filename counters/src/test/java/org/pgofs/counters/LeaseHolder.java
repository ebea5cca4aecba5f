package org.pgofs.counters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.pgofs.counters.linux.LibC;
import org.pgofs.counters.linux.Linux;

/**
 * Has a lease on a file (fcntl(2)), as any user may on his own. As long as he does not let go of it, whoever opens the file
 * for what the lease forbids waits for 45 s.
 */
public final class LeaseHolder implements AutoCloseable {
    private static final int O_WRONLY = 1;
    private static final int O_NONBLOCK = 0x800;
    private static final int F_SETSIG = 10;
    private static final int F_SETLEASE = 1024;
    private static final int F_RDLCK = 0;
    private static final int F_WRLCK = 1;
    private static final int F_UNLCK = 2;
    private static final int SIGURG = 23;

    private final Path path;
    private final int fd;
    private CompletableFuture<Integer> opening = CompletableFuture.completedFuture(-1);

    private LeaseHolder(Path path, int type) throws IOException {
        this.path = path;
        fd = Linux.openForReading(path);
        // The signal is for this process, which SIGIO would end.
        Linux.check(LibC.INSTANCE.fcntl(fd, F_SETSIG, SIGURG), "F_SETSIG");
        Linux.check(LibC.INSTANCE.fcntl(fd, F_SETLEASE, type), "F_SETLEASE");
    }

    /** Nobody can open the file. */
    public static LeaseHolder write(Path path) throws IOException {
        return new LeaseHolder(path, F_WRLCK);
    }

    /** Nobody can open the file for writing; somebody tries to, so that it looks like one that is written to. */
    static LeaseHolder readWithPendingWriter(Path path) throws IOException {
        LeaseHolder holder = new LeaseHolder(path, F_RDLCK);
        holder.opening = CompletableFuture.supplyAsync(holder::openForWriting, task -> new Thread(task).start());
        // It is waiting when the file counts as one that is written to.
        int asking = Linux.openForReading(path);
        StoreFixture.await(() -> !Linux.unusedByWriters(asking));
        Linux.close(asking);
        return holder;
    }

    private int openForWriting() {
        return LibC.INSTANCE.open(path.toString(), O_WRONLY, 0);
    }

    /** Whether nobody can open the file for writing. */
    boolean isPending() {
        return !opening.isDone();
    }

    /** Whether the lease is still there, of which the kernel is asked by an open that does not wait. */
    public boolean isHeld() {
        int opened = LibC.INSTANCE.open(path.toString(), O_NONBLOCK, 0);
        if (opened != -1) {
            Linux.close(opened);
        }
        return opened == -1;
    }

    /** Lets go of the lease, and of the file. */
    @Override
    public void close() throws IOException {
        LibC.INSTANCE.fcntl(fd, F_SETLEASE, F_UNLCK);
        Linux.close(fd);
        int writer = opening.join();
        if (writer != -1) {
            Linux.close(writer);
        }
    }
}
