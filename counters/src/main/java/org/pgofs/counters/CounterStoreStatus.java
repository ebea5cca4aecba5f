package org.pgofs.counters;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgofs.counters.counts.CounterTotals;
import org.pgofs.counters.format.Refusal;
import org.pgofs.counters.guest.GuestStatus;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.kernel.KernelStatus;
import org.pgofs.counters.limits.DroppedFile;
import org.pgofs.counters.limits.DroppedFiles;
import org.pgofs.counters.limits.OverBound;
import org.pgofs.counters.limits.UserStatus;
import org.pgofs.counters.linux.Liveness;

/**
 * What a store holds at one moment, and what it does not.
 *
 * @param liveness how the end of a process is noticed
 * @param images the images, by name
 * @param dropped the files that are left out, oldest first; at most {@link DroppedFiles#KEPT} are named
 * @param moreDropped how many files are left out and not named
 * @param refused how often a process could not publish one of its images since the last reset of all, by reason
 * @param guests the virtual machines that are attached, by name
 * @param kernel the one that this machine runs
 * @param backlog of ended programs
 * @param unidentified the number of segments whose image file is not there yet
 * @param overBounds the segments that wait because there are too many
 * @param users what live segments and images take up, by user
 * @param state of what outlives the daemon
 */
public record CounterStoreStatus(
        Liveness liveness,
        List<ImageStatus> images,
        List<DroppedFile> dropped,
        long moreDropped,
        Map<Refusal, Long> refused,
        List<GuestStatus> guests,
        KernelStatus kernel,
        BacklogStatus backlog,
        int unidentified,
        List<OverBound> overBounds,
        List<UserStatus> users,
        StateStatus state) {
    /** The same with other images. */
    CounterStoreStatus with(List<ImageStatus> others) {
        return new CounterStoreStatus(
                liveness,
                others,
                dropped,
                moreDropped,
                refused,
                guests,
                kernel,
                backlog,
                unidentified,
                overBounds,
                users,
                state);
    }

    /**
     * One image.
     *
     * @param image the image
     * @param totals of its counters
     * @param livePids the processes that have it loaded, as their own pid namespace numbers them
     * @param ended the number of processes that ended, whose counters are included
     * @param belowZero how many counters are served as 0 because their sum is less: what was counted in them is lost
     * @param problems what of the counts is not served as it is, in words that follow the image's name
     */
    public record ImageStatus(
            Image image,
            CounterTotals totals,
            List<Integer> livePids,
            long ended,
            int belowZero,
            List<String> problems) {}

    /**
     * Segments of ended programs that are found, and not saved and deleted yet.
     *
     * @param segments how many
     * @param bytes their sizes, without those that an earlier daemon has found
     * @param mostBytesLeft the most that there ever were when the daemon had done all that there was to do
     */
    public record BacklogStatus(long segments, long bytes, long mostBytesLeft) {}

    /**
     * What outlives the daemon, and what does not.
     *
     * @param starts how many daemons have served this directory, each with the counts of the one before
     * @param setAside files of the state that are damaged, and kept, or missing, and what each means
     * @param failedSave why counts cannot be saved now, if so
     * @param deleted names of segments that were deleted though their process runs; at most {@link DroppedFiles#KEPT}
     * @param truncated names of segments that were made shorter though their process runs; as many
     */
    public record StateStatus(
            long starts,
            List<DroppedFile> setAside,
            Optional<FailedSave> failedSave,
            List<String> deleted,
            List<String> truncated) {}

    /**
     * Counts cannot be saved; they are kept in memory, and resets and takes fail.
     *
     * @param since when
     * @param reason in words
     */
    public record FailedSave(Instant since, String reason) {}
}
