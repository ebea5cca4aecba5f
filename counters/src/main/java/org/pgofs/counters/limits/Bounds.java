package org.pgofs.counters.limits;

import java.util.Set;

/**
 * Bounds on what a store takes up: anyone may publish. A segment over a bound waits as a file until there is room, and
 * its program keeps running. A segment that was taken up stays.
 *
 * @param total for all users together
 * @param user for each user, by the owner of the files
 * @param users whose segments count; empty: everyone's
 */
public record Bounds(Limits total, Limits user, Set<Integer> users) {
    private static final int TOTAL_SEGMENTS = 65536;
    private static final int USER_SEGMENTS = 16384;
    private static final long TOTAL_SEGMENT_BYTES = 1L << 40;
    private static final long USER_SEGMENT_BYTES = 1L << 38;
    private static final int TOTAL_IMAGES = 8192;
    private static final int USER_IMAGES = 4096;

    /**
     * One set of bounds.
     *
     * @param segments how many live segments: one for each process and image
     * @param segmentBytes the sizes of live segments together, in bytes; most of each may be holes
     * @param images how many images
     * @param memory the bytes that images take up in this process: their files, their counters and values
     */
    public record Limits(long segments, long segmentBytes, long images, long memory) {}

    /**
     * Copies the set.
     *
     * @param total for all users together
     * @param user for each user
     * @param users whose segments count
     */
    public Bounds {
        users = Set.copyOf(users);
    }

    /**
     * Default bounds, which are large enough for a compile farm.
     *
     * @param heap the size of this process's heap, in bytes
     * @return bounds with at most half of the heap for images, and a quarter for those of one user
     */
    public static Bounds of(long heap) {
        return new Bounds(
                new Limits(TOTAL_SEGMENTS, TOTAL_SEGMENT_BYTES, TOTAL_IMAGES, heap / 2),
                new Limits(USER_SEGMENTS, USER_SEGMENT_BYTES, USER_IMAGES, heap / 4),
                Set.of());
    }

    /** The same bounds, with at most so many live segments in all. */
    public Bounds within(long segments) {
        return new Bounds(
                new Limits(Math.min(total.segments, segments), total.segmentBytes, total.images, total.memory),
                user,
                users);
    }

    /** Whether the segments of a user count. */
    boolean count(int user) {
        return users.isEmpty() || users.contains(user);
    }
}
