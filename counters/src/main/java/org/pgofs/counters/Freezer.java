package org.pgofs.counters;

import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.pgofs.counters.CounterStoreStatus.FreezeStatus;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.counts.ValueRoom;

/**
 * Reads counts: few at once, and many by a thread of its own, while other threads use those that are read already.
 * Thread-safe.
 */
final class Freezer {
    private final Lock lock;
    private final MemberReader reader;
    private final Supplier<ValueRoom> room;
    private final BooleanSupplier few;
    /** Guarded by the lock. */
    private FreezeStatus status = new FreezeStatus(0, 0, 0);

    private final ExecutorService thread = Executors.newSingleThreadExecutor(Freezer::newThread);

    /**
     * With the store's lock, which is held while counts are read.
     *
     * @param few whether the store has so few counters that a thread takes longer to begin than to read them all; asked
     *     under the lock
     */
    Freezer(Lock lock, MemberReader reader, Supplier<ValueRoom> room, BooleanSupplier few) {
        this.lock = lock;
        this.reader = reader;
        this.room = room;
        this.few = few;
    }

    private static Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "freezer");
        thread.setDaemon(true);
        return thread;
    }

    /** Which images are to be read; asked under the lock. */
    interface Images {
        Collection<ImageCounters> select() throws IOException;
    }

    /** Starts to read. A freeze of few counters is done when this method returns. Without the lock. */
    Freeze start(Images images) throws IOException {
        return start(images, this::values);
    }

    /** All of them within the room of one request. */
    private Freeze.Values values() {
        ValueRoom left = room.get();
        return image -> image.freezeValues(reader, left);
    }

    /** The same without values. */
    Freeze startOfCounters(Images images) throws IOException {
        return start(images, () -> image -> new ValueCounts());
    }

    private Freeze start(Images images, Supplier<Freeze.Values> values) throws IOException {
        Freeze freeze = new Freeze();
        if (!runIfFew(freeze, images, values)) {
            try {
                thread.execute(() -> run(freeze, images, values));
            } catch (RejectedExecutionException e) {
                throw new IOException("the store is closed", e);
            }
        }
        try {
            freeze.awaitStart();
        } catch (IOException e) {
            freeze.close();
            throw e;
        }
        return freeze;
    }

    private boolean runIfFew(Freeze freeze, Images images, Supplier<Freeze.Values> values) {
        lock.lock();
        try {
            boolean now = few.getAsBoolean();
            if (now) {
                run(freeze, images, values);
            }
            return now;
        } finally {
            lock.unlock();
        }
    }

    private void run(Freeze freeze, Images images, Supplier<Freeze.Values> values) {
        Throwable failure = null;
        lock.lock();
        long begin = System.nanoTime();
        try {
            freeze.run(images.select(), reader, values.get());
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        } finally {
            status = status.with(System.nanoTime() - begin);
            lock.unlock();
        }
        freeze.end(failure);
    }

    /** Those until now. With the lock. */
    FreezeStatus status() {
        return status;
    }

    /** Accepts no more freezes. */
    void end() {
        thread.shutdown();
    }

    /** Waits, without the lock, until all freezes are done. */
    void awaitEnd() throws InterruptedException {
        thread.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }
}
