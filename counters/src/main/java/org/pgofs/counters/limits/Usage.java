package org.pgofs.counters.limits;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pgofs.counters.linux.OverBoundException;

/** How much the store takes up, in all and for each user, and how much it may. Guarded by the store's lock. */
public final class Usage {
    private final Bounds bounds;
    private final Amounts total = new Amounts();
    private final Map<Integer, Amounts> users = new TreeMap<>(Integer::compareUnsigned);
    private final ReadingTime readingTime;
    private final Shortages shortages = new Shortages();
    private boolean freed;

    private static final class Amounts {
        private long segments;
        private long segmentBytes;
        private long images;
        private long memory;

        void add(long newSegments, long newSegmentBytes, long newImages, long newMemory) {
            segments += newSegments;
            segmentBytes += newSegmentBytes;
            images += newImages;
            memory += newMemory;
        }

        boolean isNothing() {
            return segments == 0 && images == 0;
        }
    }

    public Usage(Bounds bounds, ReadingTime readingTime) {
        this.bounds = bounds;
        this.readingTime = readingTime;
    }

    /** Whether the segments of a user count at all. */
    public boolean counts(int user) {
        return bounds.count(user);
    }

    /** Throws if there is no room for one more segment. */
    public void requireSegment(int user, long bytes) throws OverBoundException {
        Amounts own = of(user);
        require(
                own.segments < bounds.user().segments(),
                "a user may have %d live segments",
                bounds.user().segments());
        require(
                bytes <= bounds.user().segmentBytes() - own.segmentBytes,
                "a user may have %d bytes of live segments",
                bounds.user().segmentBytes());
        require(
                total.segments < bounds.total().segments(),
                "all users may have %d live segments",
                bounds.total().segments());
        require(
                bytes <= bounds.total().segmentBytes() - total.segmentBytes,
                "all users may have %d bytes of live segments",
                bounds.total().segmentBytes());
    }

    public void addSegment(int user, long bytes) {
        add(user, 1, bytes, 0, 0);
    }

    public void removeSegment(int user, long bytes) {
        add(user, -1, -bytes, 0, 0);
    }

    /** Throws if there is no room for one more image. */
    public void requireImage(int user, long memory) throws OverBoundException {
        Amounts own = of(user);
        require(
                own.images < bounds.user().images(),
                "a user may have %d images",
                bounds.user().images());
        require(
                memory <= bounds.user().memory() - own.memory,
                "the images of a user may take %d bytes",
                bounds.user().memory());
        require(
                total.images < bounds.total().images(),
                "all users may have %d images",
                bounds.total().images());
        require(
                memory <= bounds.total().memory() - total.memory,
                "the images of all users may take %d bytes",
                bounds.total().memory());
    }

    /**
     * Checks whether a profile of a user may be read into memory.
     *
     * @param bytes of the profile
     */
    public void requireReading(long bytes) throws OverBoundException {
        require(
                bytes <= bounds.user().memory() && bytes <= bounds.total().memory(),
                "it is read as a whole, and a user may take up %d bytes: see --user-limits memory=",
                Math.min(bounds.user().memory(), bounds.total().memory()));
    }

    public void addImage(int user, long memory) {
        add(user, 0, 0, 1, memory);
    }

    public void removeImage(int user, long memory) {
        add(user, 0, 0, -1, -memory);
    }

    /** Adds memory for the values of an image; less than 0 gives some back. */
    public void addMemory(int user, long memory) {
        add(user, 0, 0, 0, memory);
    }

    /** How much memory images of a user may still take, in bytes. */
    public long memoryLeft(int user) {
        return Math.min(Math.max(0, bounds.user().memory() - of(user).memory), memoryLeft());
    }

    /** How much memory images of all users may still take, in bytes. */
    public long memoryLeft() {
        return Math.max(0, bounds.total().memory() - total.memory);
    }

    /** The time that is taken to read image files. */
    public ReadingTime readingTime() {
        return readingTime;
    }

    /** The requests that failed for lack of memory. */
    public Shortages shortages() {
        return shortages;
    }

    /** Whether, since the last call, anything was given back or a user who waited for time may try again. */
    public boolean pollFreed() {
        boolean was = readingTime.pollReady() || freed;
        freed = false;
        return was;
    }

    public List<UserStatus> list() {
        List<UserStatus> list = new ArrayList<>();
        users.forEach(
                (user, own) -> list.add(new UserStatus(user, own.segments, own.segmentBytes, own.images, own.memory)));
        return list;
    }

    private Amounts of(int user) {
        return users.getOrDefault(user, new Amounts());
    }

    private void add(int user, long segments, long segmentBytes, long images, long memory) {
        Amounts own = users.computeIfAbsent(user, key -> new Amounts());
        own.add(segments, segmentBytes, images, memory);
        total.add(segments, segmentBytes, images, memory);
        freed |= segments < 0 || images < 0 || memory < 0;
        if (own.isNothing()) {
            users.remove(user);
        }
    }

    private static void require(boolean condition, String reason, long bound) throws OverBoundException {
        if (!condition) {
            throw new OverBoundException(String.format(reason, bound));
        }
    }
}
