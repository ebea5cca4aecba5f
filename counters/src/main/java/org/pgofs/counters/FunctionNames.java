package org.pgofs.counters;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.pgofs.counters.image.Names;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.limits.ReadingTime;
import org.pgofs.counters.linux.OverBoundException;

/**
 * Finds the names of functions for a text. To find one, all names of its image must be inflated, which may take a
 * second.
 *
 * <ol>
 *   <li>Names are inflated without the store's lock, and no thread waits for another one's: a caller who comes
 *       meanwhile gets numbers instead of names.
 *   <li>Each name is looked up once, and only a bounded number of names of each image.
 *   <li>The time is charged to the user of the image ({@link ReadingTime}). If that user has none left, the caller gets
 *       numbers.
 * </ol>
 *
 * Thread-safe.
 */
final class FunctionNames {
    /** After so many names of an image, no more are looked up. */
    static final int MOST_RESOLVED = 64;

    private final ReentrantLock storeLock;
    private final ReadingTime time;
    private final ReentrantLock unfolding = new ReentrantLock();
    // Guarded by the lock of inflating.
    /** The names found, by image and reference: they will be needed again. */
    private final Map<StoredImage, Map<Long, String>> resolved = new WeakHashMap<>();

    private long unfolded;

    /**
     * Knows no names yet.
     *
     * @param storeLock by which the time is guarded
     * @param time that users may take
     */
    FunctionNames(ReentrantLock storeLock, ReadingTime time) {
        this.storeLock = storeLock;
        this.time = time;
    }

    /**
     * The names of some functions, safe to print, or their numbers. Without the store's lock.
     *
     * @param user whose image it is
     * @param functions of the image
     * @return in the same order
     */
    List<String> of(StoredImage image, int user, List<Integer> functions) {
        if (storeLock.isHeldByCurrentThread()) {
            throw new IllegalStateException("names must not be read under the store's lock");
        }
        List<Long> references = functions.stream().map(image::nameRef).toList();
        Map<Long, String> names = Map.of();
        if (!functions.isEmpty() && unfolding.tryLock()) {
            try {
                names = resolved.computeIfAbsent(image, key -> new HashMap<>());
                resolve(image, user, references, names);
                names = Map.copyOf(names);
            } finally {
                unfolding.unlock();
            }
        }
        Map<Long, String> known = names;
        return references.stream()
                .map(reference -> known.getOrDefault(reference, Names.number(reference)))
                .toList();
    }

    private void resolve(StoredImage image, int user, List<Long> references, Map<Long, String> names) {
        Map<Long, String> unknown = new HashMap<>();
        references.stream()
                .filter(reference -> !names.containsKey(reference))
                .forEach(reference -> unknown.put(reference, Names.number(reference)));
        if (unknown.isEmpty() || names.size() >= MOST_RESOLVED) {
            return;
        }
        try {
            long begun = begin(user);
            try {
                unfolded += Names.find(image.names(), unknown);
                names.putAll(unknown);
            } finally {
                end(user, begun);
            }
        } catch (OverBoundException e) {
            // Numbers do until then.
        }
    }

    private long begin(int user) throws OverBoundException {
        storeLock.lock();
        try {
            return time.begin(user);
        } finally {
            storeLock.unlock();
        }
    }

    private void end(int user, long begun) {
        storeLock.lock();
        try {
            time.end(user, begun);
        } finally {
            storeLock.unlock();
        }
    }

    /** How many bytes of names were inflated until now. */
    long unfolded() {
        unfolding.lock();
        try {
            return unfolded;
        } finally {
            unfolding.unlock();
        }
    }
}
