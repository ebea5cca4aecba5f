package org.pgofs.counters;

import java.time.Instant;
import org.pgofs.counters.counts.CounterTotals;
import org.pgofs.counters.counts.ImageTimes;
import org.pgofs.counters.image.Image;

/**
 * An image of a take, as it was when its counts were read.
 *
 * @param image the image
 * @param digest of the image: 64 hexadecimal digits, the same on each machine
 * @param totals of its counters
 * @param live how many processes counted for it
 * @param ended how many had ended since it was reset or taken last
 * @param times since when it had counted
 * @param taken when the counts were read
 */
public record TakenImage(
        Image image, String digest, CounterTotals totals, int live, long ended, ImageTimes times, Instant taken) {}
