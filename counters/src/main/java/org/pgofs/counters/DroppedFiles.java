package org.pgofs.counters;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pgofs.counters.CounterStoreStatus.DroppedFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the files that are left out, so that each is logged once. Anyone may make more of them: so many of one user
 * are named, and so many in all; the others are counted. Guarded by the store's lock.
 */
final class DroppedFiles {
    /** How many are named. */
    static final int KEPT = 1000;

    /** How many of one user, so that the others' are seen too. */
    static final int KEPT_OF_USER = 200;

    private static final Logger LOG = LoggerFactory.getLogger(DroppedFiles.class);

    private final Map<String, String> reasons = new LinkedHashMap<>();
    private final Map<Integer, Integer> named = new HashMap<>();
    private long more;

    /**
     * Adds a file, unless it is there.
     *
     * @param user the owner; any number if that is not known
     */
    void add(String name, int user, String reason) {
        String file = printable(name, '!');
        if (reasons.containsKey(file)) {
            return;
        }
        int ofUser = named.getOrDefault(user, 0);
        if (reasons.size() == KEPT || ofUser == KEPT_OF_USER) {
            if (more++ == 0) {
                LOG.warn("more files of user {} are dropped than are named", Integer.toUnsignedString(user));
            }
            return;
        }
        named.put(user, ofUser + 1);
        String text = printable(String.valueOf(reason), ' ');
        reasons.put(file, text);
        LOG.warn("dropped {}: {}", file, text);
    }

    boolean contains(String name) {
        return reasons.containsKey(name);
    }

    /** How many are not in the list. */
    long more() {
        return more;
    }

    /** For a scan, which comes upon them again. */
    void forgetMore() {
        more = 0;
    }

    List<DroppedFile> list() {
        List<DroppedFile> list = new ArrayList<>();
        reasons.forEach((file, reason) -> list.add(new DroppedFile(file, reason)));
        return list;
    }

    /** Of a name, which ends in logs and on terminals, a word; of a sentence, the spaces stay. */
    private static String printable(String text, char first) {
        return text.replaceAll("[^" + first + "-~]+", "?");
    }
}
