package org.pgofs.counters;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.pgofs.counters.CounterStoreStatus.FailedSave;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.ImageCounters.Baseline;
import org.pgofs.counters.counts.Marks;
import org.pgofs.counters.counts.Member;
import org.pgofs.counters.counts.ValueList;
import org.pgofs.counters.segment.ImageCatalog;
import org.pgofs.counters.segment.MemberEpochs;
import org.pgofs.counters.segment.SegmentCatalog;
import org.pgofs.counters.state.LastTakes;
import org.pgofs.counters.state.StateDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes changes of the store durable, each as a whole or not at all: ended processes in batches, resets and takes at
 * once. Guarded by the store's lock.
 */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    /** Segments of ended processes are saved after this time, or when they have this size on the tmpfs. */
    private static final long SAVE_DELAY_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long SAVE_BYTES = 16L << 20;
    /** Their size while further ended processes wait to be found: saving many takes as long as saving few. */
    private static final long SAVE_BYTES_OF_MANY = 3 * SAVE_BYTES;

    private static final long RETRY_DELAY_NS = TimeUnit.SECONDS.toNanos(1);

    private final ImageCatalog images;
    private final SegmentCatalog segments;
    private final MemberEpochs epochs;
    private final StateDirectory state;
    private final LastTakes takes;
    private final SampledSources sampled;
    private long saveNotBefore = System.nanoTime();
    private FailedSave failedSave;
    private Instant lastSave;

    Ledger(
            ImageCatalog images,
            SegmentCatalog segments,
            MemberEpochs epochs,
            StateDirectory state,
            LastTakes takes,
            SampledSources sampled) {
        this.images = images;
        this.segments = segments;
        this.epochs = epochs;
        this.state = state;
        this.takes = takes;
        this.sampled = sampled;
    }

    /**
     * Saves the counts of ended processes if they are due. Counts that cannot be saved stay in memory and in the
     * segments.
     *
     * @param moreWait whether further processes have ended and are not found yet
     * @return milliseconds until they are due, -1 if there is nothing to save
     */
    int saveIfDue(boolean moreWait) {
        long bytes = moreWait ? SAVE_BYTES_OF_MANY : SAVE_BYTES;
        boolean due = saveNotBefore - System.nanoTime() <= 0 || segments.unsavedBytes() >= bytes;
        if (due && !images.changed().isEmpty()) {
            saveOrRetry();
        }
        return images.changed().isEmpty()
                ? -1
                : (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(saveNotBefore - System.nanoTime()));
    }

    /** Saves everything, or tries again after a while. */
    void saveOrRetry() {
        long begin = System.nanoTime();
        try {
            save();
            // At most a tenth of the time is spent on saving.
            saveNotBefore = System.nanoTime() + Math.max(SAVE_DELAY_NS, 10 * (System.nanoTime() - begin));
        } catch (IOException e) {
            saveNotBefore = System.nanoTime() + RETRY_DELAY_NS;
        }
    }

    /** Saves everything. */
    void save() throws IOException {
        try {
            sampled.saveSamples(images.changed());
            state.commit(images.images(), images.changed(), takes, sampled.saved());
        } catch (IOException e) {
            if (failedSave == null) {
                failedSave = new FailedSave(Instant.now(), e.getMessage());
                LOG.error("cannot save counts, keeping them in memory: {}", e.toString());
            }
            throw e;
        }
        if (failedSave != null) {
            LOG.info("counts can be saved again");
            failedSave = null;
        }
        lastSave = Instant.now();
        segments.saved();
        state.renewReserve();
    }

    /** When something was saved last. */
    Optional<Instant> lastSave() {
        return Optional.ofNullable(lastSave);
    }

    /** Why the last attempt to save counts failed, if it did. */
    Optional<FailedSave> failedSave() {
        return Optional.ofNullable(failedSave);
    }

    /**
     * Sets baselines durably, all of them or none, and starts new epochs of value sites, whose values the baselines
     * contain. Marks that the baselines contain are cleared in the live members. If this process dies before that, they
     * are merged twice, which does no harm.
     *
     * @param moves the values in the sites of live members
     */
    void startEpoch(Map<ImageCounters, Baseline> baselines, Map<Member, ValueList> moves) throws IOException {
        changeWithEpochs(baselines, moves);
        baselines.forEach((image, baseline) -> epochs.clearMarks(image, baseline.taken()));
    }

    /**
     * Sets baselines durably, all of them or none, and starts new epochs of value sites, whose values are dropped.
     * Marks are cleared in the live members; if this process dies before that, the next daemon clears them.
     *
     * @param moves the values in the sites of live members
     */
    void reset(Map<ImageCounters, Baseline> baselines, Map<Member, ValueList> moves) throws IOException {
        List<ImageCounters> withMarks =
                baselines.keySet().stream().filter(ImageCounters::hasMarks).toList();
        List<Member> marked =
                withMarks.stream().flatMap(image -> image.live().stream()).toList();
        marked.forEach(member -> member.setClearedEpoch(member.clearedEpoch() + 1));
        try {
            changeWithEpochs(baselines, moves);
        } catch (IOException | RuntimeException | Error e) {
            marked.forEach(member -> member.setClearedEpoch(member.clearedEpoch() - 1));
            throw e;
        }
        withMarks.forEach(image -> epochs.clearMarks(image, Marks.all(image.image())));
        withMarks.forEach(epochs::publishCleared);
    }

    private void changeWithEpochs(Map<ImageCounters, Baseline> baselines, Map<Member, ValueList> moves)
            throws IOException {
        for (ImageCounters image : baselines.keySet()) {
            for (Member member : image.live()) {
                ValueList values = moves.get(member);
                if (values != null) {
                    image.moves().put(member, values);
                    member.setEpoch(member.epoch() + 1);
                }
            }
        }
        try {
            change(baselines);
        } catch (IOException | RuntimeException | Error e) {
            moves.keySet().forEach(member -> member.setEpoch(member.epoch() - 1));
            baselines.keySet().forEach(image -> image.moves().clear());
            throw e;
        }
        baselines.keySet().forEach(epochs::endMoves);
    }

    /** Sets baselines durably, all of them or none. */
    void change(Map<ImageCounters, Baseline> baselines) throws IOException {
        Map<ImageCounters, Baseline> before = new LinkedHashMap<>();
        baselines.forEach((image, baseline) -> {
            before.put(image, image.baseline());
            image.setBaseline(baseline);
        });
        images.changed().addAll(baselines.keySet());
        try {
            save();
        } catch (IOException | RuntimeException | Error e) {
            before.forEach(ImageCounters::setBaseline);
            // The failed step may have come after the state was committed.
            images.changed().addAll(baselines.keySet());
            throw e;
        }
        images.recharge();
    }
}
