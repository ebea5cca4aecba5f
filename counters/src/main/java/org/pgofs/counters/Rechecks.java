package org.pgofs.counters;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Files that were closed and still in use. The kernel reports a close a moment before it lets go of the file, so they are
 * looked at again, after 1 ms, 2, 4 and so on; what is in use for 8 s has other users, whose close will be reported. By time,
 * not by rounds: events may call for a round at any moment. Guarded by the store's lock.
 */
final class Rechecks {
    private static final long FIRST_DELAY_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LAST_DELAY_NS = FIRST_DELAY_NS << 12;
    /** As many as there may be live segments. */
    static final int MOST = 1 << 16;

    private final LongSupplier clock;
    private final Map<String, Recheck> rechecks = new HashMap<>();

    private record Recheck(long due, long delay) {}

    /**
     * None yet.
     *
     * @param clock in nanoseconds
     */
    Rechecks(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * A file was closed.
     *
     * @return whether there is room for one more
     */
    boolean add(String name) {
        if (rechecks.size() >= MOST && !rechecks.containsKey(name)) {
            return false;
        }
        rechecks.put(name, new Recheck(clock.getAsLong() + FIRST_DELAY_NS, FIRST_DELAY_NS));
        return true;
    }

    /**
     * Looks at all of them, whenever they are due.
     *
     * @param isDone tells those of which nothing is to be done any more
     */
    void lookAtAll(Predicate<String> isDone) {
        rechecks.keySet().removeIf(isDone);
    }

    /**
     * Looks at those that are due.
     *
     * @param isDone tells those of which nothing is to be done any more
     * @return milliseconds until it is to be called again, -1 for never
     */
    int lookAtDue(Predicate<String> isDone) {
        long now = clock.getAsLong();
        rechecks.entrySet()
                .removeIf(entry -> isDue(entry.getValue(), now)
                        && (isDone.test(entry.getKey()) || entry.getValue().delay >= LAST_DELAY_NS));
        rechecks.replaceAll((name, recheck) -> isDue(recheck, now) ? later(recheck, now) : recheck);
        long next = rechecks.values().stream()
                .mapToLong(recheck -> recheck.due - now)
                .min()
                .orElse(-1);
        return next == -1 ? -1 : (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(next));
    }

    private static boolean isDue(Recheck recheck, long now) {
        return recheck.due - now <= 0;
    }

    private static Recheck later(Recheck recheck, long now) {
        return new Recheck(now + 2 * recheck.delay, 2 * recheck.delay);
    }
}
