package org.pgofs.counters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;

/**
 * Counts that were read in order to be subtracted. The commit subtracts exactly these counts; counts made since the
 * reading stay. A store has one take at a time. Thread-safe, by the store's lock.
 */
public final class Take implements AutoCloseable {
    private final CounterStore store;
    private final String scope;
    private volatile List<Part> parts;

    /**
     * The taken counts of one image.
     *
     * @param image the image
     * @param counts its counts at the freeze, unclamped
     * @param ended the number of processes of it that had ended by then
     * @param resets how often it had been reset by then
     * @param snapshot the counts as they are served
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
     * Says which values are delivered. The commit subtracts only these.
     *
     * @param delivered the delivered values of each of {@link #snapshots()}
     */
    public void deliver(List<ValueCounts> delivered) {
        List<Part> left = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            left.add(parts.get(i).delivering(delivered.get(i)));
        }
        parts = List.copyOf(left);
    }

    /**
     * Subtracts the counts; durable when it returns.
     *
     * @throws IOException if one of the images was reset or taken meanwhile, if this take was closed, or if the change
     *     cannot be saved: nothing has changed then
     */
    public void commit() throws IOException {
        store.commit(this);
    }

    /** Ends the take. If it was not committed, its counts stay in the images. */
    @Override
    public void close() {
        store.forget(this);
    }
}
