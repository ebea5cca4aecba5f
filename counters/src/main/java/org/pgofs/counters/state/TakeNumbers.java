package org.pgofs.counters.state;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The numbers of takes: each one that is committed, of whatever scope, gets the next number. A keeper is whoever has the
 * counts of a take in a place of its own before the take is committed; it finds out by the number of its last take whether
 * that take was committed, whoever takes after it. Its counts are not remembered as those of a last take. Immutable.
 *
 * @param store whose numbers they are: 8 random hexadecimal digits, others whenever numbers begin again
 * @param last the last number, 0 if there was no take
 * @param ofScopes the last take of each scope that nobody kept
 * @param ofKeepers the number of the last take of each keeper, the one that took last at the end; at most
 *     {@link #MOST_KEEPERS}
 */
public record TakeNumbers(String store, long last, Map<String, NumberedTake> ofScopes, Map<String, Long> ofKeepers) {
    /** How many keepers are remembered. */
    static final int MOST_KEEPERS = 64;

    /** Without a store yet. */
    static final TakeNumbers NONE = new TakeNumbers("", 0, Map.of(), Map.of());

    /**
     * A take that was committed.
     *
     * @param number from 1
     * @param at when, to the second
     */
    public record NumberedTake(long number, Instant at) {}

    /** Those of a new store. */
    static TakeNumbers begin() {
        return new TakeNumbers(
                String.format("%08x", new SecureRandom().nextInt(Integer.MAX_VALUE)), 0, Map.of(), Map.of());
    }

    /** The number of the next take that is committed. */
    public long next() {
        return last + 1;
    }

    /**
     * The same after one more take.
     *
     * @param scope of the take
     * @param at when
     */
    public TakeNumbers with(String scope, Instant at) {
        Map<String, NumberedTake> scopes = new TreeMap<>(ofScopes);
        scopes.put(scope, new NumberedTake(next(), at));
        return new TakeNumbers(store, next(), Collections.unmodifiableMap(scopes), ofKeepers);
    }

    /** The same after one more take, whose counts a keeper has already. */
    public TakeNumbers keptBy(String keeper) {
        LinkedHashMap<String, Long> keepers = new LinkedHashMap<>(ofKeepers);
        keepers.remove(keeper);
        keepers.put(keeper, next());
        if (keepers.size() > MOST_KEEPERS) {
            keepers.remove(keepers.keySet().iterator().next());
        }
        return new TakeNumbers(store, next(), ofScopes, Collections.unmodifiableMap(keepers));
    }

    /** The last take of a scope. */
    public Optional<NumberedTake> of(String scope) {
        return Optional.ofNullable(ofScopes.get(scope));
    }

    void appendTo(StringBuilder text) {
        if (!store.isEmpty()) {
            SavedImage.line(text, "takes", store, last);
            ofScopes.forEach((scope, take) -> SavedImage.line(
                    text, "take", scope, take.number(), take.at().getEpochSecond()));
            ofKeepers.forEach((keeper, number) -> SavedImage.line(text, "keeper", keeper, number));
        }
    }

    /** Reads the lines that {@link #appendTo} wrote; none in the manifest of an older pgofs. */
    static final class Lines {
        private final Map<String, NumberedTake> scopes = new TreeMap<>();
        private final Map<String, Long> keepers = new LinkedHashMap<>();
        private String store = NONE.store;
        private long last = NONE.last;

        void takes(String[] field) {
            store = field[1];
            last = Long.parseLong(field[2]);
        }

        void take(String[] field) {
            scopes.put(
                    field[1],
                    new NumberedTake(Long.parseLong(field[2]), Instant.ofEpochSecond(Long.parseLong(field[3]))));
        }

        void keeper(String[] field) {
            keepers.put(field[1], Long.parseLong(field[2]));
        }

        TakeNumbers read() {
            return new TakeNumbers(
                    store, last, Collections.unmodifiableMap(scopes), Collections.unmodifiableMap(keepers));
        }
    }
}
