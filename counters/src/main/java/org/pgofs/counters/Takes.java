package org.pgofs.counters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.ImageCounters.Baseline;
import org.pgofs.counters.counts.Marks;
import org.pgofs.counters.counts.Member;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueList;
import org.pgofs.counters.state.LastTakes;
import org.pgofs.counters.state.LastTakes.TakenCounts;

/** Takes counts away, by one take at a time, and keeps what the last ones took. Guarded by the store's lock. */
final class Takes {
    private final MemberReader reader;
    private final Ledger ledger;
    private final LastTakes last;
    private Take current;

    Takes(MemberReader reader, Ledger ledger, LastTakes last) {
        this.reader = reader;
        this.ledger = ledger;
        this.last = last;
    }

    boolean isInProgress() {
        return current != null;
    }

    /** Whether an image is being taken, or was the last time by itself: under its own name. */
    boolean serve(ImageCounters image) {
        return isBeingTaken(image) || last.of(image.image().name()).stream().anyMatch(taken -> taken.image() == image);
    }

    private boolean isBeingTaken(ImageCounters image) {
        return current != null && current.parts().stream().anyMatch(part -> part.image() == image);
    }

    /** Whether an image must be known for what is being taken, or was taken last. */
    boolean hold(ImageCounters image) {
        return isBeingTaken(image) || last.all().stream().anyMatch(taken -> taken.image() == image);
    }

    Take begin(CounterStore store, String scope, Collection<ImageCounters> images) throws IOException {
        List<Take.Part> parts = new ArrayList<>();
        Map<ImageCounters, Baseline> withEpochs = new LinkedHashMap<>();
        Map<Member, ValueList> moves = new LinkedHashMap<>();
        for (ImageCounters image : images) {
            Map<Member, ValueList> values = image.liveValues(reader);
            Counts counts = image.sum(reader, values);
            parts.add(new Take.Part(image, counts, image.ended(), image.resets(), counts.toSnapshot(image.image())));
            if (!values.isEmpty() || image.hasMarks()) {
                moves.putAll(values);
                Counts carry =
                        new Counts(image.carry().counters(), counts.values().copy(), Marks.none(image.image()));
                withEpochs.put(image, new Baseline(carry, counts.marks(), image.ended(), image.resets()));
            }
        }
        // Values and marks cannot be subtracted from what a target holds: they are put where a commit can.
        Take take = new Take(store, scope, parts);
        if (!withEpochs.isEmpty()) {
            startEpoch(withEpochs, moves);
        }
        current = take;
        return take;
    }

    private void startEpoch(Map<ImageCounters, Baseline> withEpochs, Map<Member, ValueList> moves) throws IOException {
        try {
            ledger.startEpoch(withEpochs, moves);
        } catch (IOException | RuntimeException | Error e) {
            // What came after the change was saved may have failed too.
            withEpochs.keySet().forEach(ImageCounters::giveBack);
            throw e;
        }
    }

    void commit(Take take) throws IOException {
        if (current != take) {
            throw new IOException("the take was given up");
        }
        Map<ImageCounters, Baseline> baselines = new LinkedHashMap<>();
        for (Take.Part part : take.parts()) {
            ImageCounters image = part.image();
            if (image.resets() != part.resets()) {
                throw new IOException(image.image().name() + " was reset while it was taken: nothing was taken");
            }
            Counts carry = image.carry().copy();
            carry.counters().subtract(part.counts().counters());
            carry.values().subtract(part.counts().values());
            Marks none = Marks.none(image.image());
            baselines.put(image, new Baseline(carry, none, image.ended() - part.ended(), part.resets() + 1));
        }
        List<TakenCounts> before = last.put(
                take.scope(),
                take.parts().stream()
                        .map(part -> new TakenCounts(take.scope(), part.image(), part.counts()))
                        .toList());
        try {
            ledger.change(baselines);
        } catch (IOException | RuntimeException | Error e) {
            last.put(take.scope(), before);
            throw e;
        }
        current = null;
    }

    /** Leaves the counts where they are, unless they were taken. */
    void forget(Take take) {
        if (current == take) {
            take.parts().forEach(part -> part.image().giveBack());
            current = null;
        }
    }

    /** What the last take of a scope took. */
    List<Snapshot> last(String scope) {
        List<Snapshot> snapshots = new ArrayList<>();
        for (TakenCounts taken : last.of(scope)) {
            snapshots.add(taken.counts().toSnapshot(taken.image().image()));
        }
        return snapshots;
    }
}
