package org.pgofs.counters.limits;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers the segments that wait because they are over a bound. Guarded by the store's lock. */
public final class WaitingSegments {
    /** How many are remembered by name; the others are found again by a scan. */
    static final int KEPT = 10_000;

    /** How many kinds are logged: a line for each user and bound. */
    private static final int LOGGED = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(WaitingSegments.class);

    private record Reason(int user, String text) {}

    private final Map<String, Reason> names = new LinkedHashMap<>();
    private final Map<Reason, Long> unnamed = new LinkedHashMap<>();
    /** How many segments of excluded users were seen, by user. */
    private final Map<Integer, Long> excluded = new HashMap<>();

    private final SkippedInodes excludedFiles = new SkippedInodes();
    private final Set<Reason> logged = new HashSet<>();

    public void add(String name, int user, String text) {
        Reason reason = new Reason(user, text);
        if (names.size() < KEPT) {
            names.put(name, reason);
        } else if (unnamed.size() < KEPT || unnamed.containsKey(reason)) {
            unnamed.merge(reason, 1L, Long::sum);
        }
        if (logged.size() < LOGGED && logged.add(reason)) {
            LOG.warn("segments of user {} wait: {}; the first is {}", Integer.toUnsignedString(user), text, name);
        }
    }

    /**
     * Counts a segment of a user who is excluded; it waits for nothing.
     *
     * @param inode its number
     */
    public void exclude(int user, long inode) {
        if (excludedFiles.add(inode) && (excluded.size() < KEPT || excluded.containsKey(user))) {
            excluded.merge(user, 1L, Long::sum);
        }
    }

    /**
     * Whether a file was added with {@link #exclude}.
     *
     * @param inode its number
     */
    public boolean isExcluded(long inode) {
        return excludedFiles.contains(inode);
    }

    public void remove(String name) {
        names.remove(name);
    }

    public boolean contains(String name) {
        return names.containsKey(name);
    }

    /** The owner of the waiting segment of a name, if there is one. */
    public OptionalInt user(String name) {
        Reason reason = names.get(name);
        return reason == null ? OptionalInt.empty() : OptionalInt.of(reason.user);
    }

    public boolean isEmpty() {
        return names.isEmpty() && unnamed.isEmpty();
    }

    /** Whether some waiting segments are known by name. */
    public boolean hasNamed() {
        return !names.isEmpty();
    }

    /** Whether there are waiting segments that only a scan finds. */
    public boolean hasUnnamed() {
        return !unnamed.isEmpty();
    }

    /** Begins a scan, which finds those again that are not remembered by name. */
    public void beginScan() {
        unnamed.clear();
        excludedFiles.beginScan();
    }

    public void endScan() {
        excludedFiles.endScan();
    }

    /** The users by the names of their segments, in the order of waiting; a copy. */
    public Map<String, Integer> users() {
        Map<String, Integer> users = new LinkedHashMap<>();
        names.forEach((name, reason) -> users.put(name, reason.user));
        return users;
    }

    public List<OverBound> list() {
        Map<Reason, Long> counts = new LinkedHashMap<>(unnamed);
        names.values().forEach(reason -> counts.merge(reason, 1L, Long::sum));
        List<OverBound> list = new ArrayList<>();
        excluded.forEach((user, count) -> list.add(new OverBound(user, "is excluded by -o users=", count)));
        counts.forEach((reason, count) -> list.add(new OverBound(reason.user, reason.text, count)));
        return list;
    }
}
