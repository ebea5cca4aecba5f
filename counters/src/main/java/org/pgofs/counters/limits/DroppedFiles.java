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
 * Remembers the files that are left out, so that each is logged once. Anyone may make any number of them, so the number
 * of names is bounded, for each user and in all; further files are only counted. Guarded by the store's lock.
 */
public final class DroppedFiles {
    /** How many files are named. */
    public static final int KEPT = 1000;

    /** How many files of one user are named, so that those of others are seen too. */
    public static final int KEPT_OF_USER = 200;

    /** A user with so many dropped files is ignored, since checking further ones would take time from others. */
    public static final int FLOOD = 10_000;

    /** How many files without a name in the list are remembered, so that no scan opens them again. */
    private static final int REMEMBERED = 1 << 18;

    /** Stands for an unknown owner. */
    public static final int NOBODY = -1;

    private static final int ROOT = 0;
    private static final Logger LOG = LoggerFactory.getLogger(DroppedFiles.class);

    private final Map<String, String> reasons = new LinkedHashMap<>();
    private final Map<Integer, Integer> ofUsers = new HashMap<>();
    private Set<String> others = new HashSet<>();
    /** The files that the current scan has not found yet. */
    private Set<String> before = new HashSet<>();

    private long forgotten;
    /** Files of users who are flooding the directory. */
    private final SkippedInodes flood = new SkippedInodes();

    /**
     * Adds a file, unless it was added before.
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

    /** Whether {@link #FLOOD} files of a user were dropped: then all files of this user are ignored. */
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
     * Whether a file was added with {@link #addToFlood}.
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

    /** How many dropped files are not in the list. */
    public long more() {
        return others.size() + forgotten + flood.size();
    }

    /** Begins a scan, which finds every existing file again. At its end, files that no longer exist are forgotten. */
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

    /** Makes a text safe for logs and terminals. A name becomes one word; a sentence keeps its spaces. */
    private static String printable(String text, char first) {
        return text.replaceAll("[^" + first + "-~]+", "?");
    }
}
