package org.pgofs.fleet.job;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How often pieces count, by the labels of their hosts. Of several that fit a piece, their product. */
public final class Weights implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Pattern WORD = Pattern.compile("([^=]+)=(.*):([0-9]{1,7})");
    private static final long MOST = 1_000_000;

    /** By {@code label=value}. */
    private final TreeMap<String, Long> byLabel = new TreeMap<>();

    /** Each piece counts once. */
    public Weights() {}

    /**
     * Adds a weight.
     *
     * @param word {@code label=value:N}, with N from 1 to 1,000,000
     * @throws IllegalArgumentException if it is something else; the message says so
     */
    public void add(String word) {
        Matcher parts = WORD.matcher(word);
        if (!parts.matches() || number(parts) < 1 || number(parts) > MOST) {
            throw new IllegalArgumentException(
                    "'" + word + "' is no weight: give label=value:N, with N from 1 to 1000000");
        }
        byLabel.put(parts.group(1) + "=" + parts.group(2), number(parts));
    }

    private static long number(Matcher parts) {
        return Long.parseLong(parts.group(3));
    }

    /**
     * The weight of a piece.
     *
     * @param labels of its host
     * @return 1 or more
     */
    public long of(Map<String, String> labels) {
        long weight = 1;
        for (Map.Entry<String, String> label : labels.entrySet()) {
            long more = byLabel.getOrDefault(label.getKey() + "=" + label.getValue(), 1L);
            weight = Math.multiplyHigh(weight, more) == 0 && weight * more > 0 ? weight * more : Long.MAX_VALUE;
        }
        return weight;
    }

    /**
     * The weights as words.
     *
     * @return as {@link #add} takes them, sorted, with spaces between
     */
    @Override
    public String toString() {
        return byLabel.entrySet().stream()
                .map(weight -> weight.getKey() + ":" + weight.getValue())
                .collect(Collectors.joining(" "));
    }
}
