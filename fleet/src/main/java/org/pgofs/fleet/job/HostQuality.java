package org.pgofs.fleet.job;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How far hosts can be trusted, and what becomes of their counts.
 *
 * @param demands what was asked of them
 * @param hosts what each one brought, those included that are left out
 */
public record HostQuality(Demands demands, Map<String, Host> hosts) {
    private static final int MOST_NAMED = 10;
    private static final long THIN_COUNTS = 100;
    private static final long THIN_PIECES = 10;
    private static final double PERCENT = 100;
    private static final double EXACT = 1e4;

    /**
     * A host.
     *
     * @param pieces how many it brought
     * @param total the sum of their counters, without weights
     * @param weighed the same with the weights of the pieces
     * @param overlap how much of its counts it has in common with the others, 0 to 1; null if it or all others counted nothing
     * @param isOdd whether that is less than half of what hosts usually have in common
     * @param isThin whether it brought little: less than a hundredth of the counts or a tenth of the pieces that hosts usually
     *     bring
     * @param isLeftOut whether it has less in common with the others than was asked for
     * @param limit to what its weighed counts are scaled down; null if they are not
     */
    public record Host(
            long pieces,
            long total,
            long weighed,
            Double overlap,
            boolean isOdd,
            boolean isThin,
            boolean isLeftOut,
            Long limit) {}

    /**
     * Judges hosts.
     *
     * @param demands what is asked of them
     * @param all what all of them brought
     * @param areMarks whether counters are marks, which no share can be taken of
     * @return what becomes of each
     */
    static HostQuality of(Demands demands, PartialResult all, boolean areMarks) {
        Map<String, Double> overlaps = all.sketches().overlaps();
        double usualOverlap = median(
                overlaps.values().stream().mapToDouble(Double::doubleValue).toArray());
        double usualTotal = median(
                all.hosts().values().stream().mapToDouble(HostTotals::total).toArray());
        double usualPieces = median(
                all.hosts().values().stream().mapToDouble(HostTotals::pieces).toArray());
        double least = demands.minOverlap().doubleValue() / PERCENT;
        Map<String, Long> counted = new TreeMap<>();
        all.hosts().forEach((host, totals) -> {
            if (overlaps.getOrDefault(host, 1.0) >= least) {
                counted.put(host, totals.weighed());
            }
        });
        long limit = areMarks || demands.maxShare().compareTo(Demands.ALL) == 0
                ? Long.MAX_VALUE
                : ShareLimit.of(counted.values(), demands.maxShare());
        Map<String, Host> hosts = new TreeMap<>();
        all.hosts().forEach((host, totals) -> {
            Double overlap = overlaps.get(host);
            boolean isIn = counted.containsKey(host);
            hosts.put(
                    host,
                    new Host(
                            totals.pieces(),
                            totals.total(),
                            totals.weighed(),
                            overlap == null ? null : Math.round(overlap * EXACT) / EXACT,
                            overlap != null && overlap < usualOverlap / 2,
                            totals.total() < usualTotal / THIN_COUNTS || totals.pieces() < usualPieces / THIN_PIECES,
                            !isIn,
                            isIn && totals.weighed() > limit ? limit : null));
        });
        return new HostQuality(demands, hosts);
    }

    /** Of an even number the larger one in the middle. */
    private static double median(double... numbers) {
        Arrays.sort(numbers);
        return numbers.length == 0 ? 0 : numbers[numbers.length / 2];
    }

    /**
     * What somebody should know.
     *
     * @return sentences, one for each kind of thing, with no more than ten names in it
     */
    public List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        Map<String, Host> leftOut = which(Host::isLeftOut);
        Map<String, Host> odd = which(host -> host.isOdd() && !host.isLeftOut());
        Map<String, Host> thin = which(Host::isThin);
        Map<String, Host> scaled = which(host -> host.limit() != null);
        if (!leftOut.isEmpty()) {
            sentences.add("left out " + of(leftOut) + ", with less than "
                    + demands.minOverlap().toPlainString() + " % of the counts in common with the others: "
                    + names(leftOut, HostQuality::overlapOf));
        }
        if (!odd.isEmpty()) {
            sentences.add("little in common with the others: " + of(odd) + ": " + names(odd, HostQuality::overlapOf)
                    + "; --min-overlap leaves them out");
        }
        if (!thin.isEmpty()) {
            sentences.add("little to count: " + of(thin) + ": "
                    + names(thin, host -> host.total() + " in " + host.pieces() + " pieces"));
        }
        if (!scaled.isEmpty()) {
            sentences.add("scaled down to " + scaled.values().iterator().next().limit() + " counts: " + of(scaled)
                    + ", with more than " + demands.maxShare().toPlainString() + " % of all: "
                    + names(scaled, host -> String.valueOf(host.weighed())));
        }
        return sentences;
    }

    private Map<String, Host> which(Function<Host, Boolean> kind) {
        Map<String, Host> some = new TreeMap<>(hosts);
        some.values().removeIf(host -> !kind.apply(host));
        return some;
    }

    private String of(Map<String, Host> some) {
        return some.size() + " of " + hosts.size() + " hosts";
    }

    private static String overlapOf(Host host) {
        return String.format(Locale.ROOT, "%.1f %%", PERCENT * host.overlap());
    }

    private static String names(Map<String, Host> some, Function<Host, String> about) {
        String names = some.entrySet().stream()
                .limit(MOST_NAMED)
                .map(host -> host.getKey() + " (" + about.apply(host.getValue()) + ")")
                .collect(Collectors.joining(", "));
        return names + (some.size() > MOST_NAMED ? " and " + (some.size() - MOST_NAMED) + " more" : "");
    }

    /** The names of the hosts that are as wanted. */
    private List<String> names(Function<Host, Boolean> kind) {
        return List.copyOf(which(kind).keySet());
    }

    /** By host, as the manifest has them. */
    Map<String, Manifest.Host> described() {
        Map<String, Manifest.Host> described = new TreeMap<>();
        hosts.forEach((name, host) ->
                described.put(name, new Manifest.Host(host.pieces(), host.total(), host.overlap(), host.limit())));
        return described;
    }

    List<String> leftOut() {
        return names(Host::isLeftOut);
    }

    List<String> odd() {
        return names(Host::isOdd);
    }

    List<String> thin() {
        return names(Host::isThin);
    }

    /** A demand for the manifest, null if there is none. */
    String minOverlap() {
        return demands.minOverlap().signum() == 0 ? null : percent(demands.minOverlap());
    }

    /** A demand for the manifest, null if there is none. */
    String maxShare() {
        return demands.maxShare().compareTo(Demands.ALL) == 0 ? null : percent(demands.maxShare());
    }

    private static String percent(BigDecimal number) {
        return number.setScale(Math.max(0, number.stripTrailingZeros().scale()), RoundingMode.UNNECESSARY)
                        .toPlainString()
                + "%";
    }
}
