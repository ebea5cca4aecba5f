package org.pgofs.fs.open;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FsException;

/**
 * What is open, by the number that the kernel keeps for it. Safe for use by several threads.
 *
 * @param <T> the state of one open thing
 */
public final class HandleTable<T> {
    private final Map<Long, T> open = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    /** Adds an entry and returns its number, which is larger than those before. */
    public long add(T entry) {
        long number = numbers.incrementAndGet();
        open.put(number, entry);
        return number;
    }

    public T get(long number) throws FsException {
        return known(open.get(number), number);
    }

    public T remove(long number) throws FsException {
        T removed = known(open.remove(number), number);
        if (open.isEmpty()) {
            synchronized (this) {
                notifyAll();
            }
        }
        return removed;
    }

    /** A live view. */
    public Map<Long, T> entries() {
        return open;
    }

    /** Waits until nothing is open, or for the time given. */
    public synchronized void awaitEmpty(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        long left = atMost.toMillis();
        while (!open.isEmpty() && left > 0) {
            wait(left);
            left = (deadline - System.nanoTime()) / 1_000_000;
        }
    }

    private static <T> T known(T entry, long number) throws FsException {
        if (entry == null) {
            throw new FsException(Errno.EBADF, "no open handle " + number);
        }
        return entry;
    }
}
