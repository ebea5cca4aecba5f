package org.pgofs.counters.counts;

/**
 * A segment that is in the carry.
 *
 * @param inode its inode number
 * @param name its name, never used again
 */
public record FoldedSegment(long inode, String name) {}
