package org.pgofs.counters;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.linux.OffHeap;

/**
 * Counts of images at one moment. A thread of the store may still read the counters while the caller uses the parts
 * that are complete.
 *
 * <ol>
 *   <li>When the caller gets it, images and values are complete. All counters are complete too if they are at most 1
 *       MiB, or if they cannot be added up.
 *   <li>When {@link #await} returns, all counters are complete.
 *   <li>The store is locked until then.
 *   <li>After {@link #close} nobody may use the counters, because their memory is reused.
 * </ol>
 *
 * Thread-safe.
 */
public final class Freeze implements AutoCloseable {
    /** Bytes of counters. To freeze fewer takes less time than to hand the work to another thread. */
    static final int AT_ONCE = 1 << 20;

    /** Bytes of counters. Fewer are not worth a mapping of their own. */
    private static final int SMALL = 1 << 17;

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final List<Borrowed> memory = new ArrayList<>();
    private volatile List<Snapshot> snapshots;
    private volatile Throwable failure;
    private volatile boolean closed;

    /** The counters of one image, which are being read. */
    private record Part(ImageCounters image, ByteBuffer counters) {}

    private record Borrowed(ImageCounters image, OffHeap memory) {}

    Freeze() {}

    /** Reads what an image observed. */
    interface Values {
        ValueCounts of(ImageCounters image) throws IOException;
    }

    /** Reads. Under the store's lock. */
    void run(Collection<ImageCounters> images, MemberReader reader, Values values) throws IOException {
        List<Part> parts = new ArrayList<>();
        List<Snapshot> all = new ArrayList<>();
        for (ImageCounters image : images) {
            if (image.hasMarks()) {
                all.add(image.freeze(reader, values.of(image)));
            } else {
                ByteBuffer counters = allocate(image);
                parts.add(new Part(image, counters.duplicate().order(ByteOrder.LITTLE_ENDIAN)));
                all.add(image.snapshot(counters, image.carry().marks(), values.of(image)));
            }
        }
        snapshots = all;
        if (parts.stream().mapToLong(part -> part.counters.limit()).sum() > AT_ONCE) {
            started.countDown();
        }
        for (Part part : parts) {
            part.image.freezeCounters(reader, part.counters, () -> closed);
        }
    }

    private ByteBuffer allocate(ImageCounters image) throws IOException {
        int size = image.image().countersSize();
        if (size <= SMALL) {
            return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }
        OffHeap borrowed = image.borrowMemory();
        memory.add(new Borrowed(image, borrowed));
        return borrowed.buffer();
    }

    /**
     * Says that nothing more will be read.
     *
     * @param reason why reading stopped early, or null if everything was read
     */
    synchronized void end(Throwable reason) {
        failure = reason;
        started.countDown();
        done.countDown();
        if (closed) {
            giveBack();
        }
    }

    /** Waits until images and values are complete. */
    void awaitStart() throws IOException {
        await(started);
    }

    /**
     * The counts.
     *
     * @return one snapshot for each image that was selected, in the same order; the class says which parts are complete
     */
    public List<Snapshot> snapshots() {
        return snapshots;
    }

    /**
     * Waits until all counters are complete.
     *
     * @throws IOException if they cannot be read, or if the thread is interrupted
     */
    public void await() throws IOException {
        await(done);
    }

    private void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while counters were read").initCause(e);
        }
        if (failure != null) {
            throw new IOException("cannot read counters", failure);
        }
    }

    /** Stops reading, and gives the memory back. */
    @Override
    public synchronized void close() {
        closed = true;
        if (done.getCount() == 0) {
            giveBack();
        }
    }

    private void giveBack() {
        memory.forEach(borrowed -> borrowed.image.giveBackMemory(borrowed.memory));
        memory.clear();
    }
}
