package org.pgofs.counters;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgofs.counters.counts.CounterTotals;
import org.pgofs.counters.counts.ImageTimes;
import org.pgofs.counters.format.Refusal;
import org.pgofs.counters.guest.GuestStatus;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.kernel.KernelStatus;
import org.pgofs.counters.limits.DroppedFile;
import org.pgofs.counters.limits.DroppedFiles;
import org.pgofs.counters.limits.OverBound;
import org.pgofs.counters.limits.UserStatus;
import org.pgofs.counters.linux.Liveness;
import org.pgofs.counters.process.ProcessesStatus;
import org.pgofs.counters.state.TakeNumbers;
import org.pgofs.counters.state.TakeNumbers.NumberedTake;
import org.pgofs.counters.written.FilesStatus;

/**
 * The contents of a store at one moment, and the files that it leaves out.
 *
 * @param liveness how the end of a process is noticed
 * @param images the images, by name
 * @param dropped the files that are left out, oldest first; at most {@link DroppedFiles#KEPT} are named
 * @param moreDropped how many files are left out and not named
 * @param refused how often, since the last reset of all images, a process could not publish an image, by reason
 * @param guests the virtual machines that are attached, by name
 * @param kernel the one that this machine runs
 * @param processes those that are read through their memory
 * @param files the profiles that programs wrote
 * @param backlog of ended programs
 * @param unidentified the number of segments whose image file does not exist yet
 * @param overBounds the segments that wait because there are too many
 * @param users how much live segments and images of each user take up
 * @param takes their numbers; the scope of an image's own takes is its name
 * @param state of what outlives the daemon
 * @param freezes how long counts were read for whoever opened a profile, without takes
 */
public record CounterStoreStatus(
        Liveness liveness,
        List<ImageStatus> images,
        List<DroppedFile> dropped,
        long moreDropped,
        Map<Refusal, Long> refused,
        List<GuestStatus> guests,
        KernelStatus kernel,
        ProcessesStatus processes,
        FilesStatus files,
        BacklogStatus backlog,
        int unidentified,
        List<OverBound> overBounds,
        List<UserStatus> users,
        TakeNumbers takes,
        StateStatus state,
        FreezeStatus freezes) {
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
                processes,
                files,
                backlog,
                unidentified,
                overBounds,
                users,
                takes,
                state,
                freezes);
    }

    /**
     * One image.
     *
     * @param image the image
     * @param totals of its counters
     * @param program the path of its file, as the process says that has it loaded longest; empty if there is none
     * @param livePids the processes that have it loaded, as their own pid namespace numbers them
     * @param ended the number of processes that ended, whose counters are included
     * @param times since when it is known and counts
     * @param lastTake of this image alone
     * @param belowZero how many counters are served as 0 because their sum is less than 0: their counts are lost
     * @param approximateSites at how many value sites values may be approximate: there the compiler's runtime may have
     *     replaced rare values since a reset, a take or a fork
     * @param problems why some counts are served changed or not at all, in words that follow the image's name
     */
    public record ImageStatus(
            Image image,
            CounterTotals totals,
            Optional<String> program,
            List<Integer> livePids,
            long ended,
            ImageTimes times,
            Optional<NumberedTake> lastTake,
            int belowZero,
            int approximateSites,
            List<String> problems) {}

    /**
     * Segments of ended programs that are found but not yet saved and deleted.
     *
     * @param segments how many
     * @param bytes their sizes, without those that an earlier daemon has found
     * @param mostBytesLeft the largest size that ever remained when the daemon had worked off all that it had found
     * @param age nanoseconds since there were none, 0 if there are none now
     */
    public record BacklogStatus(long segments, long bytes, long mostBytesLeft, long age) {}

    /**
     * Freezes, each of which holds the store as long as it reads.
     *
     * @param count how many
     * @param nanos how long all of them took
     * @param longest how long the longest took, in nanoseconds
     */
    public record FreezeStatus(long count, long nanos, long longest) {
        FreezeStatus with(long taken) {
            return new FreezeStatus(count + 1, nanos + taken, Math.max(longest, taken));
        }
    }

    /**
     * The state that outlives the daemon, and its losses.
     *
     * @param starts how many daemons have served this directory, each with the counts of the one before
     * @param setAside damaged files of the state, which are kept, and missing ones, each with the consequence
     * @param lastSave when something was saved last
     * @param failedSave why counts cannot be saved now, if so
     * @param deleted names of segments that were deleted although their process runs; at most {@link DroppedFiles#KEPT}
     * @param truncated names of segments that were truncated although their process runs; at most as many
     */
    public record StateStatus(
            long starts,
            List<DroppedFile> setAside,
            Optional<Instant> lastSave,
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
