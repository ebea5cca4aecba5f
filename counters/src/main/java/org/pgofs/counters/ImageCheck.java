package org.pgofs.counters;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.pgofs.counters.CounterStoreStatus.ImageStatus;
import org.pgofs.counters.counts.CounterTotals;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.ImageTimes;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.counts.ValueRoom;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.state.TakeNumbers.NumberedTake;

/**
 * The status of one image, without the names of functions, which are looked up without the store's lock.
 *
 * @param image the image
 * @param totals of its counters
 * @param program the path of its file, as the oldest of its live members says
 * @param livePids of its live members
 * @param ended how many processes have ended
 * @param times since when it counts
 * @param lastTake of it alone
 * @param approximateSites at how many value sites values may be approximate
 * @param selfCheck of its counts
 */
record ImageCheck(
        Image image,
        CounterTotals totals,
        Optional<String> program,
        List<Integer> livePids,
        long ended,
        ImageTimes times,
        Optional<NumberedTake> lastTake,
        int approximateSites,
        SelfCheck selfCheck) {
    /** Reads the counts of an image, which is charged to a user. Under the store's lock. */
    static ImageCheck of(
            ImageCounters image, int user, Optional<NumberedTake> lastTake, MemberReader reader, ValueRoom room)
            throws IOException {
        Counts counts = image.sum(reader, image.liveValues(reader, room), room);
        return new ImageCheck(
                image.image(),
                CounterTotals.of(counts.toSnapshot(image.image())),
                image.live().stream()
                        .flatMap(member -> member.program().stream())
                        .findFirst(),
                image.livePids(),
                image.ended(),
                image.times(),
                lastTake,
                image.approximateSites(counts),
                SelfCheck.of(image.image(), user, counts));
    }

    /** Without the store's lock. */
    ImageStatus status(FunctionNames names) {
        return new ImageStatus(
                image,
                totals,
                program,
                livePids,
                ended,
                times,
                lastTake,
                selfCheck.belowZero(),
                approximateSites,
                selfCheck.problems(names));
    }
}
