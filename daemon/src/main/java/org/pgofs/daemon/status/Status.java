package org.pgofs.daemon.status;

import java.util.List;
import java.util.Map;
import org.pgofs.daemon.history.Progress;
import org.pgofs.daemon.json.RecordJson;

/**
 * What a daemon holds at one moment, as it is told: {@link StatusText} makes lines of it, {@link RecordJson} an object
 * with the same fields.
 *
 * @param daemon that tells it
 * @param mount where it is served
 * @param segmentDir where it comes from
 * @param directory what is in the directory
 * @param liveness how the ends of programs are noticed
 * @param attention what somebody should look after, a sentence each
 * @param state what outlives the daemon
 * @param images by name
 * @param notInProfraw how many images are in another file than profraw, by that file
 * @param mergedInProfdata how many functions of images are one with those of other images in profdata
 * @param users what each has made the daemon take up
 * @param backlog of ended programs
 * @param withoutImageFile the number of segments whose image file is not there yet
 * @param overBounds the segments that wait
 * @param dropped files, and parts of images, that are left out
 * @param moreDropped how many more files are, which are not named
 * @param refused how many images could not publish, by reason
 * @param guests the virtual machines that are attached
 * @param kernel the one that runs this machine; null if it is not read
 * @param stock the processes that are read through their memory; null if none are, or are looked for
 * @param profiles that programs wrote into their directories; null if there are no such directories and were none
 * @param takes their numbers
 * @param work of the daemon since it started
 */
record Status(
        Daemon daemon,
        String mount,
        String segmentDir,
        Directory directory,
        String liveness,
        List<String> attention,
        State state,
        List<Image> images,
        Map<String, Long> notInProfraw,
        long mergedInProfdata,
        List<User> users,
        Backlog backlog,
        int withoutImageFile,
        List<OverBound> overBounds,
        List<File> dropped,
        long moreDropped,
        Map<String, Long> refused,
        List<Guest> guests,
        Kernel kernel,
        Stock stock,
        Profiles profiles,
        Takes takes,
        Work work) {
    /**
     * The daemon.
     *
     * @param pid its process
     * @param version of pgofs
     * @param since when it began to serve
     * @param heapBytes how much of its heap is in use
     * @param maxHeapBytes how large its heap may become
     */
    record Daemon(long pid, String version, String since, long heapBytes, long maxHeapBytes) {}

    /**
     * The file system of the directory, with all that is in it.
     *
     * @param bytes that are in use
     * @param sizeBytes that it may have
     */
    record Directory(long bytes, long sizeBytes) {}

    /**
     * What the daemon has done since it started.
     *
     * @param resets how many
     * @param takes how many
     * @param freezes how often counts were read for whoever opened a profile
     * @param freezeMicros how long that took in all, in microseconds
     * @param longestFreezeMicros how long the longest one took
     */
    record Work(long resets, long takes, long freezes, long freezeMicros, long longestFreezeMicros) {}

    /**
     * The numbers of takes, which go on when the daemon is restarted.
     *
     * @param store whose numbers they are: 8 hexadecimal digits, others whenever numbers begin again
     * @param last the last number, 0 if there was no take
     * @param all the last take of all images at once; null if there was none
     * @param keepers the number of the last take of each that had its counts before it was committed, by their names
     */
    record Takes(String store, long last, Take all, Map<String, Long> keepers) {}

    /**
     * A take that was committed.
     *
     * @param number from 1
     * @param at when
     */
    record Take(long number, String at) {}

    /**
     * The last time that the counts of an image were set back.
     *
     * @param at when
     * @param kind reset or take
     * @param uid of the user who did
     * @param pid of the process by which, 0 if the daemon cannot see it
     */
    record Reset(String at, String kind, long uid, int pid) {}

    /**
     * What outlives the daemon.
     *
     * @param daemonsBefore how many daemons had the counts before this one
     * @param savedAt when something was saved last; null if nothing was since the daemon started
     * @param cannotSaveSince null if all is saved
     * @param cannotSaveBecause null if all is saved
     * @param setAside files that are damaged or missing
     * @param deletedSegments of running programs
     * @param truncatedSegments of running programs
     */
    record State(
            long daemonsBefore,
            String savedAt,
            String cannotSaveSince,
            String cannotSaveBecause,
            List<File> setAside,
            int deletedSegments,
            int truncatedSegments) {}

    /**
     * An image.
     *
     * @param name unique
     * @param program the path of its file, as the process says that has it loaded longest; null if none has
     * @param machine what its code runs on; null for x86-64, and if it is not known
     * @param buildId in hexadecimal, may be empty
     * @param rawVersion its number
     * @param indexedVersion that of its profdata
     * @param variant how it was instrumented
     * @param functions how many
     * @param counters how many
     * @param nonzeroCounters how many of them have counted
     * @param countersBelow0 how many are served as 0 since they are less; null if none are
     * @param approximateValueSites at how many sites the observed values may be approximate; null if at none
     * @param totalCount of all counters
     * @param liveProcesses their pids
     * @param endedProcesses how many
     * @param firstSeen when its first process was found
     * @param since when it was reset or taken last, or else first seen
     * @param lastTake of this image alone, of which last-take has the counts; null if there was none
     * @param lastReset since the daemon started; null if there was none
     * @param history while somebody watches how the profile grows; null otherwise
     */
    record Image(
            String name,
            String program,
            String machine,
            String buildId,
            int rawVersion,
            int indexedVersion,
            Words variant,
            int functions,
            int counters,
            int nonzeroCounters,
            Integer countersBelow0,
            Integer approximateValueSites,
            long totalCount,
            List<Integer> liveProcesses,
            long endedProcesses,
            String firstSeen,
            String since,
            Take lastTake,
            Reset lastReset,
            Progress history) {}

    /**
     * What a user's programs take up.
     *
     * @param uid the user
     * @param liveSegments how many
     * @param segmentBytes their sizes
     * @param images how many
     * @param memoryBytes of the images
     */
    record User(long uid, long liveSegments, long segmentBytes, long images, long memoryBytes) {}

    /**
     * Segments of ended programs that are not deleted yet.
     *
     * @param segments how many
     * @param bytes their sizes
     * @param mostBytesLeft the most that the daemon has left when it had nothing else to do
     * @param ageMillis for how long there have been some, in milliseconds
     */
    record Backlog(long segments, long bytes, long mostBytesLeft, long ageMillis) {}

    /**
     * Segments that wait.
     *
     * @param uid whose they are
     * @param reason for what they wait
     * @param segments how many
     */
    record OverBound(long uid, String reason, long segments) {}

    /**
     * A file, or an image, with which something is wrong.
     *
     * @param file its name
     * @param reason what is wrong
     */
    record File(String file, String reason) {}

    /**
     * A virtual machine.
     *
     * @param name under which it was attached
     * @param image of its kernel
     * @param memory the file that is its memory
     * @param state in words
     * @param reboots since it was attached
     */
    record Guest(String name, String image, String memory, String state, long reboots) {}

    /**
     * The kernel that runs this machine.
     *
     * @param loaded what of it is read
     * @param notRead the modules that cannot be
     */
    record Kernel(List<Loaded> loaded, List<File> notRead) {}

    /**
     * What the kernel has loaded.
     *
     * @param name vmlinux, or that of the module
     * @param image of which it is
     * @param read when its counts were read last
     */
    record Loaded(String name, String image, String read) {}

    /**
     * Processes with the compiler's own runtime.
     *
     * @param lookedFor which of them
     * @param foundBy how, in words
     * @param intervalMs from one look at them to the next, of that for which it is longest, in milliseconds
     * @param processes by pid
     */
    record Stock(String lookedFor, String foundBy, long intervalMs, List<Attached> processes) {}

    /**
     * The profiles that programs with the compiler's own runtime wrote at their end, since the daemon started.
     *
     * @param directories into which they write
     * @param taken how many count
     * @param refused how many were deleted and do not count, by reason
     * @param waiting how many could not be taken in at the last look, by reason
     */
    record Profiles(int directories, long taken, Map<String, Long> refused, Map<String, Long> waiting) {}

    /**
     * A process that is read through its memory.
     *
     * @param pid its number
     * @param uid whose it is
     * @param images for which it counts
     * @param problems why something in it is not read
     */
    record Attached(int pid, long uid, List<String> images, List<String> problems) {}
}
