package org.pgofs.counters.segment;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.Marks;
import org.pgofs.counters.counts.Member;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.limits.DroppedFiles;
import org.pgofs.counters.limits.LeftOut;
import org.pgofs.counters.limits.WaitingSegments;
import org.pgofs.counters.linux.OverBoundException;
import org.pgofs.counters.state.SavedImage.Epoch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells live members of resets and takes: it starts new epochs of their value sites and clears their marks. If a member
 * cannot be told, the store corrects its counts where that is possible, and otherwise reports the member. Guarded by
 * the store's lock.
 */
public final class MemberEpochs {
    private static final Logger LOG = LoggerFactory.getLogger(MemberEpochs.class);

    private final MemberReader reader;
    private final ImageCatalog images;
    private final DroppedFiles dropped;
    private final WaitingSegments waiting;
    private final Map<String, Epoch> saved = new HashMap<>();

    public MemberEpochs(MemberReader reader, ImageCatalog images, LeftOut leftOut) {
        this.reader = reader;
        this.images = images;
        dropped = leftOut.dropped();
        waiting = leftOut.waiting();
    }

    /** Adds the epochs that an earlier daemon saved for segments, by their names. */
    public void restore(Map<String, Epoch> epochs) {
        saved.putAll(epochs);
    }

    /**
     * Starts new epochs in the value sites of members. If a member cannot be told, it keeps adding to its old values:
     * of these only the increase since then counts.
     */
    public void endMoves(ImageCounters image) {
        image.moves().forEach((member, values) -> {
            try {
                member.publishEpoch();
            } catch (IOException e) {
                LOG.warn("{} cannot be told of a reset: {}", member.name(), e.toString());
                member.setEpoch(member.epoch() - 1);
                values.subtractFrom(image.carry().values());
                images.changed().add(image);
            }
        });
        image.moves().clear();
    }

    /** Finishes the reset of a daemon that died before it could tell a member. */
    public void finishReset(Member member, ImageCounters image) {
        Epoch meant = saved.remove(member.name());
        if (meant == null) {
            return;
        }
        if (member.epoch() == meant.epoch() - 1) {
            meant.moved().subtractFrom(image.carry().values());
            images.changed().add(image);
        }
        if (member.clearedEpoch() != meant.cleared()) {
            member.setClearedEpoch(meant.cleared());
            clearMarks(member, image, Marks.all(image.image()));
            publishCleared(member, image);
        }
    }

    /** Clears the marks of a live member that could not be cleared. */
    void retry(Member member, ImageCounters image) {
        if (image.uncleared().contains(member)) {
            clearMarks(member, image, Marks.all(image.image()));
            publishCleared(member, image);
        }
    }

    /** Clears marks in the live members of an image. */
    public void clearMarks(ImageCounters image, Marks taken) {
        if (taken.exist()) {
            image.live().forEach(member -> clearMarks(member, image, taken));
        }
    }

    /** If an earlier clearing of a member failed, all of its marks are cleared. */
    private void clearMarks(Member member, ImageCounters image, Marks taken) {
        try {
            boolean all = image.uncleared().contains(member);
            reader.clearMarks(member, image.image(), all ? Marks.all(image.image()) : taken);
            image.uncleared().remove(member);
        } catch (OverBoundException e) {
            image.uncleared().add(member);
            waiting.add(
                    member.name(),
                    member.owner(),
                    "cannot be cleared, and its coverage does not count meanwhile: it " + e.getMessage());
        } catch (IOException e) {
            dropped.add(
                    member.name(),
                    DroppedFiles.NOBODY,
                    "cannot be cleared, and its coverage from before the reset still counts: " + e.getMessage());
        }
    }

    /** Notes that the marks of the live members of an image are cleared. */
    public void publishCleared(ImageCounters image) {
        image.live().forEach(member -> publishCleared(member, image));
    }

    /** Notes nothing for a member that could not be cleared: a later daemon must know that. */
    private void publishCleared(Member member, ImageCounters image) {
        if (image.uncleared().contains(member)) {
            return;
        }
        try {
            member.publishCleared();
        } catch (IOException e) {
            dropped.add(
                    member.name(),
                    DroppedFiles.NOBODY,
                    "was cleared, but that could not be noted in it: " + e.getMessage());
        }
    }
}
