package org.pgofs.counters.segment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pgofs.counters.limits.DroppedFiles;
import org.pgofs.counters.limits.Usage;
import org.pgofs.counters.linux.Linux;

/**
 * The directories of users in the segment directory into which their programs write profiles. Guarded by the store's
 * lock.
 */
public final class ProfileDirectories {
    /** How the name of each begins; {@code config.sh} makes them. */
    public static final String PREFIX = "profiles-";

    /** How many a user may have. */
    private static final int MOST_OF_USER = 100;

    private static final int MOST = 10_000;

    private final Path segments;
    private final Usage usage;
    private final DroppedFiles dropped;
    private final Map<String, Integer> owners = new TreeMap<>();
    private Runnable onFound = () -> {};

    ProfileDirectories(Path segments, Usage usage, DroppedFiles dropped) {
        this.segments = segments;
        this.usage = usage;
        this.dropped = dropped;
    }

    /**
     * Lets somebody know when there is a new one.
     *
     * @param listener called with the store's lock held
     */
    public void onFound(Runnable listener) {
        onFound = listener;
    }

    /** Takes one up that has appeared. */
    void found(String name) {
        if (owners.containsKey(name)) {
            return;
        }
        try {
            Linux.Status status = Linux.knownStatus(segments.resolve(name)); // whatever is mounted on it
            long ofUser = owners.values().stream()
                    .filter(owner -> owner == status.uid())
                    .count();
            if (!status.directory()) {
                dropped.add(name, status.uid(), "is not a directory");
            } else if (!usage.counts(status.uid())) {
                dropped.add(name, status.uid(), "is of a user who is excluded by -o users=");
            } else if (ofUser >= MOST_OF_USER || owners.size() >= MOST) {
                dropped.add(name, status.uid(), "is one of more than " + MOST_OF_USER + " directories of its user");
            } else {
                owners.put(name, status.uid());
                onFound.run();
            }
        } catch (IOException e) {
            dropped.add(name, DroppedFiles.NOBODY, String.valueOf(e.getMessage()));
        }
    }

    /** Their names; a copy. */
    public List<String> names() {
        return List.copyOf(owners.keySet());
    }

    /** Forgets one that is gone. */
    public void forget(String name) {
        owners.remove(name);
    }
}
