package org.pgofs.counters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgofs.counters.counts.CounterTotals;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.ImageTimes;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.state.LastTakes.TakenCounts;
import org.pgofs.counters.state.TakeNumbers;

/**
 * Counts that were read in order to be subtracted. The commit subtracts exactly these counts; counts made since the
 * reading stay. A store has one take at a time. Thread-safe, by the store's lock.
 */
public final class Take implements AutoCloseable {
    private final CounterStore store;
    private final String scope;
    private final TakeNumbers before;
    private volatile List<Part> parts;

    /**
     * The taken counts of one image.
     *
     * @param image the image
     * @param counts its counts at the freeze, unclamped
     * @param live how many processes counted for it then
     * @param ended the number of processes of it that had ended by then
     * @param resets how often it had been reset by then
     * @param times since when it had counted by then
     * @param snapshot the counts as they are served
     */
    record Part(
            ImageCounters image,
            Counts counts,
            int live,
            long ended,
            long resets,
            ImageTimes times,
            Snapshot snapshot) {
        private Part delivering(ValueCounts values) {
            if (values.size() == snapshot.values().size()) {
                return this;
            }
            Counts delivered = new Counts(counts.counters(), counts.values().delivered(values), counts.marks());
            return new Part(image, delivered, live, ended, resets, times, snapshot.withValues(values));
        }
    }

    Take(CounterStore store, String scope, TakeNumbers before, List<Part> parts) {
        this.store = store;
        this.scope = scope;
        this.before = before;
        this.parts = List.copyOf(parts);
    }

    String scope() {
        return scope;
    }

    List<Part> parts() {
        return parts;
    }

    List<TakenCounts> taken() {
        return parts.stream()
                .map(part -> new TakenCounts(scope, part.image(), part.counts()))
                .toList();
    }

    /**
     * The number that it gets when it is committed: no other take can come before, since a store has one at a time.
     *
     * @return from 1
     */
    public long number() {
        return before.next();
    }

    /**
     * Whose number that is.
     *
     * @return 8 hexadecimal digits, others whenever the numbers of a store begin again
     */
    public String store() {
        return before.store();
    }

    /**
     * Whose counts they are.
     *
     * @return one for each of {@link #snapshots()}
     */
    public List<TakenImage> images() {
        List<TakenImage> images = new ArrayList<>();
        for (Part part : parts) {
            images.add(new TakenImage(
                    part.image().image(),
                    part.image().image().digest(),
                    CounterTotals.of(part.snapshot()),
                    part.live(),
                    part.ended(),
                    part.times(),
                    part.snapshot().taken()));
        }
        return images;
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
        store.commit(this, Optional.empty());
    }

    /**
     * The same, for somebody who has the counts already and must know for sure, after whatever end of either side, whether
     * they were subtracted: then the number of the keeper's last take in the status is {@link #number()}.
     * {@link CounterStore#lastTake} stays what it was.
     *
     * @param keeper a name that nobody else uses, a word without white space
     * @throws IOException as {@link #commit()}
     */
    public void commit(String keeper) throws IOException {
        store.commit(this, Optional.of(keeper));
    }

    /** Ends the take. If it was not committed, its counts stay in the images. */
    @Override
    public void close() {
        store.forget(this);
    }
}
