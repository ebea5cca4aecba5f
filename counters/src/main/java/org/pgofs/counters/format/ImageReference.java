package org.pgofs.counters;

/**
 * The image file that a segment needs: only one of the segment's own owner is trusted to describe it.
 *
 * @param owner the user to whom segment and image file belong
 * @param key names the file
 */
record ImageReference(int owner, ImageKey key) {}
