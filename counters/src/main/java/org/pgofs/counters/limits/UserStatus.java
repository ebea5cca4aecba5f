package org.pgofs.counters.limits;

/**
 * How much the store takes up for one user.
 *
 * @param user the owner of the files
 * @param segments live ones
 * @param segmentBytes their sizes together
 * @param images those that this user published first
 * @param memory bytes that these images take up in the daemon
 */
public record UserStatus(int user, long segments, long segmentBytes, long images, long memory) {}
