package org.pgofs.counters;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.ImageCounters.Baseline;
import org.pgofs.counters.counts.ImageTimes;
import org.pgofs.counters.counts.Marks;
import org.pgofs.counters.counts.Member;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueList;
import org.pgofs.counters.counts.ValueRoom;
import org.pgofs.counters.state.LastTakes;
import org.pgofs.counters.state.LastTakes.TakenCounts;
import org.pgofs.counters.state.TakeNumbers;

/** The take in progress, at most one, and the counts of the last take of each scope. Guarded by the store's lock. */
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

    /** Whether an image must be served: it is being taken, or it has a last take of its own, with its name as scope. */
    boolean serve(ImageCounters image) {
        return isBeingTaken(image) || last.of(image.image().name()).stream().anyMatch(taken -> taken.image() == image);
    }

    private boolean isBeingTaken(ImageCounters image) {
        return current != null && current.parts().stream().anyMatch(part -> part.image() == image);
    }

    /** Whether an image must be kept because it is part of the take in progress or of a last take. */
    boolean hold(ImageCounters image) {
        return isBeingTaken(image) || last.all().stream().anyMatch(taken -> taken.image() == image);
    }

    Take begin(CounterStore store, String scope, Collection<ImageCounters> images, ValueRoom room) throws IOException {
        List<Take.Part> parts = new ArrayList<>();
        Map<ImageCounters, Baseline> withEpochs = new LinkedHashMap<>();
        Map<Member, ValueList> moves = new LinkedHashMap<>();
        for (ImageCounters image : images) {
            Map<Member, ValueList> values = image.liveValues(reader, room);
            values.values().removeIf(ValueList::isFull); // The next take gets them: nothing is lost.
            Counts counts = image.sum(reader, values, room);
            parts.add(new Take.Part(
                    image,
                    counts,
                    image.livePids().size(),
                    image.ended(),
                    image.resets(),
                    image.times(),
                    counts.toSnapshot(image.image())));
            if (!values.isEmpty() || image.hasMarks()) {
                moves.putAll(values);
                Counts carry =
                        new Counts(image.carry().counters(), counts.values().copy(), Marks.none(image.image()));
                withEpochs.put(
                        image, new Baseline(carry, counts.marks(), image.ended(), image.resets(), image.times()));
            }
        }
        // Values and marks in a target cannot be subtracted: they move to the carry, where a commit can subtract them.
        Take take = new Take(store, scope, last.numbers(), parts);
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
            // The failed step may have come after the change was saved.
            withEpochs.keySet().forEach(ImageCounters::giveBack);
            throw e;
        }
    }

    TakeNumbers numbers() {
        return last.numbers();
    }

    void commit(Take take, Optional<String> keeper) throws IOException {
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
            long ended = image.ended() - part.ended();
            ImageTimes times = image.times().resetAt(part.snapshot().taken());
            baselines.put(image, new Baseline(carry, none, ended, part.resets() + 1, times));
        }
        save(take, keeper, baselines);
        current = null;
    }

    private void save(Take take, Optional<String> keeper, Map<ImageCounters, Baseline> baselines) throws IOException {
        TakeNumbers numbersBefore = last.numbers();
        List<TakenCounts> before = last.of(take.scope());
        if (keeper.isPresent()) {
            last.setNumbers(numbersBefore.keptBy(keeper.get()));
        } else {
            last.setNumbers(numbersBefore.with(take.scope(), now()));
            last.put(take.scope(), take.taken());
        }
        try {
            ledger.change(baselines);
        } catch (IOException | RuntimeException | Error e) {
            last.setNumbers(numbersBefore);
            last.put(take.scope(), before);
            throw e;
        }
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    /** Ends a take. If it was not committed, its counts stay in the images. */
    void forget(Take take) {
        if (current == take) {
            take.parts().forEach(part -> part.image().giveBack());
            current = null;
        }
    }

    /** The counts of the last take of a scope. */
    List<Snapshot> last(String scope) {
        List<Snapshot> snapshots = new ArrayList<>();
        for (TakenCounts taken : last.of(scope)) {
            snapshots.add(taken.counts().toSnapshot(taken.image().image()));
        }
        return snapshots;
    }
}
