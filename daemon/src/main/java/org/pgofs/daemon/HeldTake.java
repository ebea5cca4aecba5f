package org.pgofs.daemon;

import org.pgofs.counters.Take;
import org.pgofs.counters.TakenImage;
import org.pgofs.counters.image.Image;

/**
 * What a take of one image is, before it is committed. Times are those of ISO 8601, in UTC.
 *
 * @param number that the take gets when it is committed
 * @param store whose number that is
 * @param image its name
 * @param digest of the image: 64 hexadecimal digits, the same on each machine
 * @param buildId in hexadecimal, may be empty
 * @param machine what its code runs on
 * @param rawVersion that the compiler put into the image, with its variant bits, hexadecimal with {@code 0x}
 * @param since from when on it counted
 * @param taken when the counts were read
 * @param liveProcesses that counted for it then
 * @param endedProcesses that ended since it was taken or reset last
 * @param functions how many
 * @param counters how many
 * @param nonzeroCounters how many of them have counted
 * @param totalCount of all counters; saturates
 * @param size of the profile, in bytes
 */
record HeldTake(
        long number,
        String store,
        String image,
        String digest,
        String buildId,
        String machine,
        String rawVersion,
        String since,
        String taken,
        long liveProcesses,
        long endedProcesses,
        int functions,
        int counters,
        int nonzeroCounters,
        long totalCount,
        long size) {
    static HeldTake of(Take take, long size) {
        TakenImage taken = take.images().get(0);
        Image image = taken.image();
        return new HeldTake(
                take.number(),
                take.store(),
                image.name(),
                taken.digest(),
                image.buildId(),
                image.processor().toString(),
                "0x" + Long.toHexString(image.rawVersion()),
                taken.times().since().toString(),
                taken.taken().toString(),
                taken.live(),
                taken.ended(),
                image.functions(),
                taken.totals().counters(),
                taken.totals().nonzero(),
                taken.totals().total(),
                size);
    }
}
