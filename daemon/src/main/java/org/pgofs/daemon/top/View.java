package org.pgofs.daemon.top;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.pgofs.counters.format.Saturated;
import org.pgofs.daemon.history.Progress;

/**
 * What two readings of a mount show together.
 *
 * @param mount where they were read
 * @param images how many
 * @param processes that run
 * @param seconds between the readings
 * @param countsPerSecond of all functions
 * @param counting how many functions have counted since the last reset
 * @param functions how many there are
 * @param most how few of them made 99 % of all counts since the last reset
 * @param quietSeconds since a function began to count, as long as somebody looks; -1 if none has
 * @param progress of the profile, as the daemon tells
 * @param rows those that have counted, in order
 */
record View(
        String mount,
        int images,
        int processes,
        double seconds,
        double countsPerSecond,
        int counting,
        int functions,
        int most,
        double quietSeconds,
        Progress progress,
        List<Row> rows) {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double MOST = 0.99;
    private static final double PERCENT = 100;

    /**
     * A function.
     *
     * @param rate counts a second between the readings
     * @param count since the last reset
     * @param share of what the rows are ordered by, in percent
     * @param cumulated share of this row and those before
     * @param function what it is
     */
    record Row(double rate, long count, double share, double cumulated, FunctionCounts function) {}

    /** By what rows are ordered, the largest first. */
    enum Order {
        RATE,
        COUNT;

        Order next() {
            return this == RATE ? COUNT : RATE;
        }

        private double key(Row row) {
            return this == RATE ? row.rate() : (double) row.count();
        }
    }

    /** Compares two readings. */
    static View of(Reading before, Reading now, Growth growth, Order order) {
        double seconds = (now.nanos() - before.nanos()) / NANOS;
        Map<FunctionCounts.Key, Long> earlier = new HashMap<>();
        before.functions().forEach(function -> earlier.merge(function.key(), function.total(), Saturated::sum));
        List<Row> rows = new ArrayList<>();
        for (FunctionCounts function : now.functions()) {
            long count = function.total();
            if (count > 0) {
                long was = earlier.getOrDefault(function.key(), 0L);
                // Less than before: there was a reset in between.
                long more = count >= was ? count - was : count;
                rows.add(new Row(more / seconds, count, 0, 0, function));
            }
        }
        rows.sort(Comparator.comparingDouble(order::key)
                .thenComparingLong(Row::count)
                .reversed()
                .thenComparing(row -> row.function().name()));
        double quiet =
                growth.lastNew().isPresent() ? (now.nanos() - growth.lastNew().getAsLong()) / NANOS : -1;
        return new View(
                now.mount(),
                now.images(),
                now.processes(),
                seconds,
                rows.stream().mapToDouble(Row::rate).sum(),
                rows.size(),
                now.functions().size(),
                most(rows),
                quiet,
                now.progress(),
                withShares(rows, order));
    }

    private static List<Row> withShares(List<Row> rows, Order order) {
        double all = rows.stream().mapToDouble(order::key).sum();
        List<Row> shared = new ArrayList<>();
        double sum = 0;
        for (Row row : rows) {
            double own = order.key(row);
            sum += own;
            double share = all == 0 ? 0 : PERCENT * own / all;
            shared.add(new Row(row.rate(), row.count(), share, all == 0 ? 0 : PERCENT * sum / all, row.function()));
        }
        return shared;
    }

    private static int most(List<Row> rows) {
        double all = rows.stream().mapToDouble(Row::count).sum();
        double[] counts =
                rows.stream().mapToDouble(row -> -(double) row.count()).sorted().toArray();
        double sum = 0;
        int most = 0;
        while (most < counts.length && sum < MOST * all) {
            sum -= counts[most];
            most++;
        }
        return most;
    }
}
