package org.pgofs.counters.limits;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the files that are left out, so that each is logged once. Anyone may make more of them: so many of one user
 * are named, and so many in all; the others are counted. Guarded by the store's lock.
 */
public final class DroppedFiles {
    /** How many are named. */
    public static final int KEPT = 1000;

    /** How many of one user, so that the others' are seen too. */
    public static final int KEPT_OF_USER = 200;

    /** Whoever has so many is no longer looked at: to open and check each of his files is what he wants. */
    public static final int FLOOD = 10_000;

    /** How many of the others are remembered, so that no scan opens them again. */
    private static final int REMEMBERED = 1 << 18;

    /** The owner of files of which it is not known. */
    public static final int NOBODY = -1;

    private static final int ROOT = 0;
    private static final Logger LOG = LoggerFactory.getLogger(DroppedFiles.class);

    private final Map<String, String> reasons = new LinkedHashMap<>();
    private final Map<Integer, Integer> ofUsers = new HashMap<>();
    private Set<String> others = new HashSet<>();
    /** Those that a scan has not come upon yet. */
    private Set<String> before = new HashSet<>();

    private long forgotten;
    /** Files of users who are flooding the directory. */
    private final SkippedInodes flood = new SkippedInodes();

    /**
     * Adds a file, unless it is there.
     *
     * @param user the owner, or {@link #NOBODY}
     */
    public void add(String name, int user, String reason) {
        String file = printable(name, '!');
        if (contains(file)) {
            return;
        }
        int ofUser = ofUsers.merge(user, 1, Integer::sum);
        if (ofUser == FLOOD && isFlooding(user)) {
            name(
                    "user-" + Integer.toUnsignedString(user),
                    "has " + FLOOD + " files that were dropped: nothing more of"
                            + " this user is taken up until the daemon is started again");
        }
        if (reasons.size() >= KEPT || ofUser > KEPT_OF_USER) {
            addOther(file, user);
        } else {
            name(file, printable(String.valueOf(reason), ' '));
        }
    }

    private void name(String file, String reason) {
        reasons.put(file, reason);
        LOG.warn("dropped {}: {}", file, reason);
    }

    /** Whether so many files of a user were dropped that there is no point in looking at more. */
    public boolean isFlooding(int user) {
        return user != ROOT && user != NOBODY && ofUsers.getOrDefault(user, 0) >= FLOOD;
    }

    /**
     * Adds a file of a user who is flooding the directory.
     *
     * @param inode its number
     */
    public void addToFlood(long inode) {
        flood.add(inode);
    }

    /**
     * Whether a file is one of those.
     *
     * @param inode its number
     */
    public boolean isInFlood(long inode) {
        return flood.contains(inode);
    }

    private void addOther(String file, int user) {
        if (more() == 0) {
            LOG.warn(
                    "more files{} are dropped than are named",
                    user == NOBODY ? "" : " of user " + Integer.toUnsignedString(user));
        }
        if (others.size() < REMEMBERED) {
            others.add(file);
        } else {
            forgotten++;
        }
    }

    public boolean contains(String name) {
        if (before.remove(name)) {
            others.add(name);
        }
        return reasons.containsKey(name) || others.contains(name);
    }

    /** How many are not in the list. */
    public long more() {
        return others.size() + forgotten + flood.size();
    }

    /** From here on every file of the directory is come upon again; those that are gone are forgotten at the end. */
    public void beginScan() {
        before.addAll(others); // there may be some still, of a scan that failed
        others = new HashSet<>();
        forgotten = 0;
        flood.beginScan();
    }

    public void endScan() {
        before = new HashSet<>();
        flood.endScan();
    }

    public List<DroppedFile> list() {
        List<DroppedFile> list = new ArrayList<>();
        reasons.forEach((file, reason) -> list.add(new DroppedFile(file, reason)));
        return list;
    }

    /** Of a name, which ends in logs and on terminals, a word; of a sentence, the spaces stay. */
    private static String printable(String text, char first) {
        return text.replaceAll("[^" + first + "-~]+", "?");
    }
}
