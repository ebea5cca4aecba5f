package org.pgofs.counters.segment;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Files that were closed. Each is checked: is it still in use? The kernel reports a close a moment before it releases
 * the file, so a file that is in use is checked again after 1 ms, 2 ms, 4 ms and so on. After 8 s it has other users,
 * whose close will be reported. Checks are due by time, not by rounds, since events may start a round at any moment.
 *
 * <p>A user who opens and closes files without end must not keep others waiting: after {@link #IN_VAIN} checks in vain
 * of one user's files, that user's files pause. A check that finds the end of a program is not in vain, since it
 * happens only once. Guarded by the store's lock.
 */
final class Rechecks {
    /** As many as there may be live segments. */
    static final int MOST = 1 << 16;

    /** How many files of a user are checked in vain before a pause. */
    static final int IN_VAIN = 128;

    private static final long FIRST_DELAY_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LAST_DELAY_NS = FIRST_DELAY_NS << 12;
    /** The pause of a user's files after so many checks in vain. */
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LongSupplier clock;
    private final Map<Integer, OfUser> users = new HashMap<>();
    private int size;
    private long closes;
    private long looks;

    /** A file; {@code close} is the number of the close that was reported last. */
    private record Recheck(String name, long close, long due, long delay) {}

    private static final class OfUser {
        private final Map<String, Recheck> byName = new HashMap<>();
        private final NavigableMap<Long, Recheck> byClose = new TreeMap<>();
        private final TreeSet<Recheck> byDue = new TreeSet<>(OfUser::compare);
        private long notBefore;

        OfUser(long now) {
            notBefore = now;
        }

        private static int compare(Recheck a, Recheck b) {
            return a.due == b.due ? Long.compare(a.close, b.close) : Long.signum(a.due - b.due);
        }

        void put(Recheck recheck) {
            remove(recheck.name);
            byName.put(recheck.name, recheck);
            byClose.put(recheck.close, recheck);
            byDue.add(recheck);
        }

        void remove(String name) {
            Recheck removed = byName.remove(name);
            if (removed != null) {
                byClose.remove(removed.close);
                byDue.remove(removed);
            }
        }

        boolean isDue(long now) {
            return !byDue.isEmpty() && next() - now <= 0;
        }

        /** When the next check is due; there is one. */
        long next() {
            long due = byDue.first().due;
            return due - notBefore < 0 ? notBefore : due;
        }
    }

    /** Measures time by a clock in nanoseconds. */
    Rechecks(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * Adds a file that was closed.
     *
     * @param user who owns it
     * @return whether there is room for one more
     */
    boolean add(String name, int user) {
        return put(name, user, 0);
    }

    /** Adds a file that may have been closed, unless its check is due anyway: one check is enough. */
    boolean addOnce(String name, int user) {
        OfUser own = users.get(user);
        return (own != null && own.byName.containsKey(name)) || put(name, user, LAST_DELAY_NS);
    }

    private boolean put(String name, int user, long delay) {
        OfUser own = users.get(user);
        boolean isNew = own == null || !own.byName.containsKey(name);
        if (isNew && size >= MOST) {
            return false;
        }
        size += isNew ? 1 : 0;
        long now = clock.getAsLong();
        users.computeIfAbsent(user, key -> new OfUser(now)).put(new Recheck(name, closes++, now, delay));
        return true;
    }

    /**
     * Checks all files, due or not, the last closed first, and only a bounded number of each user.
     *
     * @param isDone checks a file, and returns whether nothing is left to do for it
     */
    void lookAtNewest(Predicate<String> isDone) {
        users.values().forEach(own -> lookAtNewest(own, isDone));
        forgetUsers();
    }

    private void lookAtNewest(OfUser own, Predicate<String> isDone) {
        int inVain = 0;
        Map.Entry<Long, Recheck> next = own.byClose.lastEntry();
        while (next != null && inVain < IN_VAIN) {
            inVain += isDone(own, next.getValue(), isDone) ? 0 : 1;
            next = own.byClose.lowerEntry(next.getKey());
        }
    }

    private boolean isDone(OfUser own, Recheck recheck, Predicate<String> isDone) {
        looks++;
        boolean done = isDone.test(recheck.name);
        if (done) {
            remove(own, recheck);
        }
        return done;
    }

    private void remove(OfUser own, Recheck recheck) {
        own.remove(recheck.name);
        size--;
    }

    /**
     * Checks files that are due, and only a bounded number of each user.
     *
     * @param isDone checks a file, and returns whether nothing is left to do for it
     * @return milliseconds until it is to be called again, -1 for never
     */
    int lookAtDue(Predicate<String> isDone) {
        long now = clock.getAsLong();
        users.values().forEach(own -> lookAtDue(own, now, isDone));
        forgetUsers();
        return dueInMs();
    }

    /** Milliseconds until {@link #lookAtDue} is to be called, -1 for never. */
    int dueInMs() {
        long now = clock.getAsLong();
        long next =
                users.values().stream().mapToLong(own -> own.next() - now).min().orElse(-1);
        return next == -1 ? -1 : (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(next));
    }

    private void lookAtDue(OfUser own, long now, Predicate<String> isDone) {
        int inVain = 0;
        while (own.isDue(now)) {
            Recheck recheck = own.byDue.first();
            if (!isDone(own, recheck, isDone)) {
                later(own, recheck, now);
                inVain++;
            }
            if (inVain == IN_VAIN) {
                own.notBefore = now + PAUSE_NS;
            }
        }
    }

    private void later(OfUser own, Recheck recheck, long now) {
        if (recheck.delay >= LAST_DELAY_NS) {
            remove(own, recheck);
        } else {
            long delay = Math.max(FIRST_DELAY_NS, 2 * recheck.delay);
            own.put(new Recheck(recheck.name, recheck.close, now + delay, delay));
        }
    }

    private void forgetUsers() {
        users.values().removeIf(own -> own.byName.isEmpty());
    }

    /** How many checks were made. */
    long looks() {
        return looks;
    }
}
