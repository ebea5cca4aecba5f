package org.pgofs.counters.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;

/** The counts of the last take of each scope, and the numbers of takes. Guarded by the store's lock. */
public final class LastTakes {
    private final Map<String, List<TakenCounts>> takes = new TreeMap<>();
    private TakeNumbers numbers = TakeNumbers.NONE;

    /**
     * The taken counts of one image.
     *
     * @param scope of the take
     * @param image the image
     * @param counts unclamped
     */
    public record TakenCounts(String scope, ImageCounters image, Counts counts) {}

    /** Remembers the counts of a take in place of others. */
    public void put(String scope, List<TakenCounts> taken) {
        List<TakenCounts> before = of(scope);
        takes.put(scope, taken);
        before.forEach(
                gone -> gone.image().addTakenValues(-gone.counts().values().size()));
        taken.forEach(LastTakes::charge);
    }

    private static void charge(TakenCounts taken) {
        taken.image().addTakenValues(taken.counts().values().size());
    }

    void add(TakenCounts taken) {
        charge(taken);
        takes.computeIfAbsent(taken.scope(), scope -> new ArrayList<>()).add(taken);
    }

    public TakeNumbers numbers() {
        return numbers;
    }

    public void setNumbers(TakeNumbers numbers) {
        this.numbers = numbers;
    }

    public List<TakenCounts> of(String scope) {
        return takes.getOrDefault(scope, List.of());
    }

    public List<TakenCounts> all() {
        return takes.values().stream().flatMap(List::stream).toList();
    }
}
