package org.pgofs.daemon.top;

import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;

/** When a function that had counted nothing began to count, as long as somebody looks. */
final class Growth {
    private final Set<FunctionCounts.Key> seen = new HashSet<>();
    private boolean begun;
    private OptionalLong lastNew = OptionalLong.empty();

    /** Takes up a reading. What the first one has is nothing new. */
    void add(Reading reading) {
        Set<FunctionCounts.Key> counting = new HashSet<>();
        reading.functions().stream()
                .filter(function -> function.total() > 0)
                .forEach(function -> counting.add(function.key()));
        seen.retainAll(counting); // what was reset is new again
        if (seen.addAll(counting) && begun) {
            lastNew = OptionalLong.of(reading.nanos());
        }
        begun = true;
    }

    /** The moment of the last reading that had a new function. */
    OptionalLong lastNew() {
        return lastNew;
    }
}
