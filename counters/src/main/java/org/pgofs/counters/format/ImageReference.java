package org.pgofs.counters.format;

/**
 * The image file that a segment needs: only one of the segment's own owner is trusted to describe it.
 *
 * @param owner the user to whom segment and image file belong
 * @param key names the file
 */
public record ImageReference(int owner, ImageKey key) {}
