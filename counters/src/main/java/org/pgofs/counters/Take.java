package org.pgofs.counters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;

/**
 * Counts that are read to be taken away: committing resets the images to exactly what was read, and not to what they
 * count by then. A store has one at a time. Thread-safe, by the store's lock.
 */
public final class Take implements AutoCloseable {
    private final CounterStore store;
    private final String scope;
    private volatile List<Part> parts;

    /**
     * What is taken of one image.
     *
     * @param image the image
     * @param counts its counts at the freeze, unclamped
     * @param ended the number of processes of it that had ended by then
     * @param resets how often it had been reset by then
     * @param snapshot what is served of it
     */
    record Part(ImageCounters image, Counts counts, long ended, long resets, Snapshot snapshot) {
        private Part delivering(ValueCounts values) {
            if (values.size() == snapshot.values().size()) {
                return this;
            }
            Counts delivered = new Counts(counts.counters(), counts.values().delivered(values), counts.marks());
            return new Part(image, delivered, ended, resets, snapshot.withValues(values));
        }
    }

    Take(CounterStore store, String scope, List<Part> parts) {
        this.store = store;
        this.scope = scope;
        this.parts = List.copyOf(parts);
    }

    String scope() {
        return scope;
    }

    List<Part> parts() {
        return parts;
    }

    /**
     * The counts.
     *
     * @return one snapshot for each image that was selected, in the same order
     */
    public List<Snapshot> snapshots() {
        List<Snapshot> snapshots = new ArrayList<>();
        parts.forEach(part -> snapshots.add(part.snapshot()));
        return snapshots;
    }

    /**
     * Says that some values were left out of what is delivered: they stay where they are.
     *
     * @param delivered the values of each of {@link #snapshots()} that are delivered
     */
    public void deliver(List<ValueCounts> delivered) {
        List<Part> left = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            left.add(parts.get(i).delivering(delivered.get(i)));
        }
        parts = List.copyOf(left);
    }

    /**
     * Takes the counts away: durable when it returns.
     *
     * @throws IOException if one of the images was reset or taken meanwhile, if this was closed, or if the change cannot
     *     be saved: nothing has changed then
     */
    public void commit() throws IOException {
        store.commit(this);
    }

    /** Leaves the counts where they are, unless they were taken. */
    @Override
    public void close() {
        store.forget(this);
    }
}
