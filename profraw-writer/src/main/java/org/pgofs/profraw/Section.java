package org.pgofs.profraw;

/**
 * A part of a raw profile.
 *
 * @param begin bytes from the start of the profile, or of the file
 * @param size bytes, without the padding after it
 */
record Section(long begin, long size) {
    long end() {
        return begin + size;
    }

    /** The part that follows when this one is padded to a multiple of 8 bytes. */
    Section thenPadded(long nextSize) {
        return new Section(begin + padded(size), nextSize);
    }

    /** The part that follows at once. */
    Section then(long nextSize) {
        return new Section(end(), nextSize);
    }

    /** The part in a file in which the profile begins at an offset. */
    Section from(long offset) {
        return new Section(offset + begin, size);
    }

    /** The next multiple of 8. */
    static long padded(long size) {
        return (size + 7) & ~7L;
    }
}
