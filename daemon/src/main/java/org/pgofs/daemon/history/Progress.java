package org.pgofs.daemon.history;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How far the profile of some images is, as the last sample of a history tells.
 *
 * @param functions how many there are
 * @param counting how many of them have a counter that is not 0
 * @param counters how many there are
 * @param nonzero how many of them are not 0
 * @param seconds since the history began, or since the last reset in it
 * @param quietSeconds for how long no counter has become other than 0; at most {@code seconds}
 * @param overlaps with earlier profiles, the latest first; empty at the beginning
 */
public record Progress(
        int functions,
        int counting,
        int counters,
        int nonzero,
        double seconds,
        double quietSeconds,
        List<Overlap> overlaps) {
    /** Of no images. */
    static final Progress NONE = new Progress(0, 0, 0, 0, 0, 0, List.of());

    /** How far back "one minute ago" is, with what samples are late. */
    private static final double MINUTE = 60;

    /**
     * How much a profile is like the one before: what llvm-profdata overlap tells.
     *
     * @param seconds how long before
     * @param percent 100 if each counter has the same share of all counts
     */
    public record Overlap(double seconds, double percent) {}

    /** Of images with histories of their own: of each number that which is farthest from the end. */
    static Progress together(List<Progress> all) {
        List<Overlap> least =
                all.stream().map(Progress::overlaps).max(Comparator.comparingInt(List::size)).orElse(List.of()).stream()
                        .map(overlap -> new Overlap(
                                overlap.seconds(),
                                all.stream()
                                        .flatMap(other -> other.overlap(overlap.seconds()).stream())
                                        .mapToDouble(Overlap::percent)
                                        .min()
                                        .orElseThrow()))
                        .toList();
        return new Progress(
                all.stream().mapToInt(Progress::functions).sum(),
                all.stream().mapToInt(Progress::counting).sum(),
                all.stream().mapToInt(Progress::counters).sum(),
                all.stream().mapToInt(Progress::nonzero).sum(),
                all.stream().mapToDouble(Progress::seconds).max().orElse(0),
                all.stream().mapToDouble(Progress::quietSeconds).min().orElse(0),
                least);
    }

    /**
     * The overlap with a profile that is old enough.
     *
     * @param seconds its age, or a little more
     * @return the one of the latest such profile; empty if the history is shorter
     */
    public Optional<Overlap> overlap(double seconds) {
        return overlaps.stream().filter(overlap -> overlap.seconds() >= seconds).findFirst();
    }

    /**
     * All of it in words, compared with one minute ago.
     *
     * @return one line
     */
    public String line() {
        return line(MINUTE);
    }

    /**
     * All of it in words.
     *
     * @param seconds how old the profile is with which it is compared, or the oldest if none is as old
     * @return one line
     */
    String line(double seconds) {
        return String.format("%d of %d counters are not 0; %s", nonzero, counters, text(seconds));
    }

    /**
     * How it grows, in words, compared with one minute ago.
     *
     * @return a part of a sentence
     */
    public String text() {
        return text(MINUTE);
    }

    private String text(double seconds) {
        if (nonzero == 0) {
            return "nothing counted yet";
        }
        Optional<Overlap> old = overlap(seconds);
        Optional<Overlap> oldest =
                old.isPresent() || overlaps.isEmpty() ? old : Optional.of(overlaps.get(overlaps.size() - 1));
        return String.format(Locale.ROOT, "nothing new for %.0f s", quietSeconds)
                + oldest.map(overlap -> String.format(
                                Locale.ROOT,
                                "; %.1f %% overlap with %s ago",
                                // 99.96 is not yet 100.
                                Math.floor(overlap.percent() * 10) / 10,
                                overlap.seconds() >= MINUTE ? "one minute" : Math.round(overlap.seconds()) + " s"))
                        .orElse("");
    }
}
