package org.pgofs.counters;

/**
 * A segment that is in the carry.
 *
 * @param inode its inode number
 * @param name its name, never used again
 */
record FoldedSegment(long inode, String name) {}
