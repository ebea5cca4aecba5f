package org.pgofs.daemon.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.Freeze;
import org.pgofs.counters.Selection;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.image.Image;
import org.pgofs.daemon.json.RecordJson;

/**
 * How the counts of some images grow. Each question takes a sample, and none is taken otherwise.
 *
 * <ol>
 *   <li>It begins with the first question, and ends a minute after the last one: then it keeps nothing.
 *   <li>What it keeps is bounded by the room that all histories share.
 * </ol>
 *
 * Thread-safe.
 */
public final class History {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double PERCENT = 100;

    private final CounterStore store;
    private final Selection selection;
    private final Histories all;
    private final Map<Image, ImageHistory> images = new HashMap<>();
    private long asked;

    History(CounterStore store, Selection selection, Histories all) {
        this.store = store;
        this.selection = selection;
        this.all = all;
    }

    /**
     * Takes a sample.
     *
     * @return what it shows, together with those before
     * @throws IOException if counters cannot be read
     */
    public Progress ask() throws IOException {
        try (Freeze freeze = store.startFreezeOfCounters(selection)) {
            freeze.await();
            return add(freeze.snapshots(), all.now());
        }
    }

    /**
     * The same as a text.
     *
     * @return a JSON object
     */
    public String json() {
        try {
            return RecordJson.of(ask());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized Progress add(List<Snapshot> snapshots, long nanos) {
        end(nanos);
        asked = nanos;
        Set<Image> there = snapshots.stream().map(Snapshot::image).collect(Collectors.toSet());
        for (Image image : List.copyOf(images.keySet())) {
            if (!there.contains(image)) {
                all.giveBack(images.remove(image).size());
            }
        }
        for (Snapshot snapshot : snapshots) {
            images.computeIfAbsent(snapshot.image(), this::begin).add(snapshot, nanos);
        }
        all.keep(this);
        return progress(images.values());
    }

    private ImageHistory begin(Image image) {
        ImageHistory history = new ImageHistory(image, all.room());
        all.take(history.size());
        return history;
    }

    /** Lets go of everything if nobody has asked for a minute. Returns whether it has. */
    synchronized boolean end(long nanos) {
        if (!images.isEmpty() && nanos - asked >= Histories.MINUTE) {
            images.values().forEach(image -> all.giveBack(image.size()));
            images.clear();
        }
        return images.isEmpty();
    }

    /** What the last sample told of an image, if it has a history. */
    synchronized Optional<Progress> of(Image image) {
        return Optional.ofNullable(images.get(image)).map(history -> progress(List.of(history)));
    }

    private Progress progress(Collection<ImageHistory> some) {
        if (some.isEmpty()) {
            return Progress.NONE;
        }
        long lastNew = some.stream().mapToLong(ImageHistory::lastNew).max().orElseThrow();
        // One that came later had counted nothing before.
        ImageHistory longest =
                some.stream().min((a, b) -> Long.signum(a.begin() - b.begin())).orElseThrow();
        List<Progress.Overlap> overlaps = new ArrayList<>();
        double total = some.stream().mapToDouble(ImageHistory::total).sum();
        for (long moment : longest.moments()) {
            double then =
                    some.stream().mapToDouble(image -> image.total(moment)).sum();
            if (total > 0 && then > 0 && asked - moment > 0) {
                double common = some.stream()
                        .mapToDouble(image -> image.common(moment, total, then))
                        .sum();
                overlaps.add(new Progress.Overlap((asked - moment) / NANOS, PERCENT * Math.min(1, common)));
            }
        }
        return new Progress(
                some.stream().mapToInt(ImageHistory::functions).sum(),
                some.stream().mapToInt(ImageHistory::counting).sum(),
                some.stream().mapToInt(ImageHistory::counters).sum(),
                some.stream().mapToInt(ImageHistory::nonzero).sum(),
                (asked - longest.begin()) / NANOS,
                (asked - lastNew) / NANOS,
                overlaps);
    }
}
