package org.pgofs.daemon.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.pgofs.daemon.client.ImageFilter;
import org.pgofs.daemon.client.ProgressLine;
import org.pgofs.daemon.client.ServedMount;
import org.pgofs.daemon.history.Progress;
import org.pgofs.daemon.history.Watched;

/** Watches how a profile grows. */
final class Recording {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** In a long recording samples are farther apart. */
    private static final int MOST_SAMPLES = 600;

    /** Without a terminal, lines come less often. */
    private static final int SAMPLES_A_LINE = 10;

    private Recording() {}

    /**
     * What was reached at a moment.
     *
     * @param seconds since the recording began
     * @param functions that have counted
     * @param counters that are not 0
     */
    record Sample(double seconds, int functions, int counters) {}

    /**
     * Watches.
     *
     * @param word the images, by their names or those of their programs; null for all
     * @param seconds for how long
     * @param err for how far it is
     */
    static List<Sample> of(ServedMount mount, String word, double seconds, PrintWriter err)
            throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        ImageFilter filter = new ImageFilter(word);
        long begin = System.nanoTime();
        long end = begin + (long) (seconds * SECOND);
        long step = Math.max(SECOND, (end - begin) / MOST_SAMPLES);
        try (ProgressLine line = ProgressLine.begin(err, SAMPLES_A_LINE)) {
            for (long next = begin; next - end <= 0; next += step) {
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
                Progress progress = word == null ? Watched.all(mount) : Watched.of(mount, filter.meant(mount.images()));
                double now = (double) (System.nanoTime() - begin) / SECOND;
                samples.add(new Sample(now, progress.counting(), progress.nonzero()));
                line.show(String.format("%.0f of %.0f s: %s", now, seconds, progress.line()));
            }
        }
        return samples;
    }
}
