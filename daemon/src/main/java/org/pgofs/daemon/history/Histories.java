package org.pgofs.daemon.history;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.Selection;
import org.pgofs.counters.image.Image;

/** The histories of a mount that somebody asks for, and the room that they share. Thread-safe. */
public final class Histories {
    /** After which a history ends that nobody asks for, in nanoseconds. */
    static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    /** Of the Java heap, all histories together. */
    private static final int PART = 16;

    private final CounterStore store;
    private final LongSupplier clock;
    private final Set<History> running = ConcurrentHashMap.newKeySet();
    // Guarded by this:
    /** Whether there is a time at which histories are looked after. */
    private boolean looking;
    /** How many more sums may be kept of each moment. */
    private long left;

    /**
     * Of a store.
     *
     * @param store whose counts are sampled
     */
    public Histories(CounterStore store) {
        this(store, System::nanoTime, Runtime.getRuntime().maxMemory() / PART / Float.BYTES / (ImageHistory.KEPT + 1));
    }

    Histories(CounterStore store, LongSupplier clock, long room) {
        this.store = store;
        this.clock = clock;
        left = room;
    }

    /**
     * The history of some images.
     *
     * @param selection which images
     * @return nothing is sampled until it is asked
     */
    public History of(Selection selection) {
        return new History(store, selection, this);
    }

    /**
     * What is known of an image.
     *
     * @param image of the store
     * @return what the last sample told; empty if nobody asked for it within the last minute
     */
    public Optional<Progress> progress(Image image) {
        end();
        return running.stream()
                .flatMap(history -> history.of(image).stream())
                .max((a, b) -> Double.compare(a.seconds(), b.seconds()));
    }

    long now() {
        return clock.getAsLong();
    }

    /** It is looked after from now on until it has ended. */
    synchronized void keep(History history) {
        running.add(history);
        if (!looking) {
            looking = true;
            look();
        }
    }

    private void look() {
        CompletableFuture.delayedExecutor(MINUTE, TimeUnit.NANOSECONDS).execute(() -> {
            end();
            synchronized (this) {
                looking = !running.isEmpty();
                if (looking) {
                    look();
                }
            }
        });
    }

    private void end() {
        long now = now();
        running.removeIf(history -> history.end(now));
    }

    /** How many sums of each moment a further image may keep: there is always some room for one more. */
    synchronized int room() {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, left / 2));
    }

    synchronized void take(int size) {
        left -= size;
    }

    synchronized void giveBack(int size) {
        left += size;
    }
}
