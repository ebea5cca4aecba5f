package org.pgofs.counters.counts;

import java.nio.ByteBuffer;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;

/**
 * The sums over all counters of an image, without the times of first calls. A counter that only says whether code ran
 * counts as 1.
 *
 * @param counters how many there are
 * @param nonzero how many of them are not 0
 * @param total what they have counted together; saturates
 */
public record CounterTotals(int counters, int nonzero, long total) {
    public static CounterTotals of(Snapshot snapshot) {
        Image image = snapshot.image();
        ByteBuffer section = snapshot.counters();
        int size = Variant.counterSize(image.rawVersion());
        int times = Variant.hasTimes(image.rawVersion()) ? Long.BYTES / size : 0;
        int counters = 0;
        int nonzero = 0;
        long total = 0;
        for (int function = 0; function < image.functions(); function++) {
            for (int i = times; i < image.counters(function); i++) {
                int at = image.countersOffset(function) + i * size;
                long count = size == Long.BYTES ? section.getLong(at) : section.get(at) == 0 ? 1 : 0;
                nonzero += count == 0 ? 0 : 1;
                // Counts are not negative: a negative sum has passed the maximum.
                total = total + count < 0 ? Long.MAX_VALUE : total + count;
            }
            counters += image.counters(function) - times;
        }
        return new CounterTotals(counters, nonzero, total);
    }
}
