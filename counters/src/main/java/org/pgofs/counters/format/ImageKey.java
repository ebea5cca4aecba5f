package org.pgofs.counters.format;

/**
 * The key that names an image file.
 *
 * @param uid the owner, as the target's user namespace numbers it
 * @param high first word of the key
 * @param low second word of the key
 * @param nonce 0, or a number that distinguishes the file from another one that has its usual name
 */
public record ImageKey(int uid, long high, long low, long nonce) {
    private static final long LAST_USUAL_NONCE = 1L << 32;

    /**
     * Whether it names a file that one process made for itself, because all usual names were taken: then its nonce is
     * random. The nonces of usual names are 0 or a user number (image_file.c).
     */
    public boolean isOwn() {
        return Long.compareUnsigned(nonce, LAST_USUAL_NONCE) > 0;
    }

    /** The name of the image file in the segment directory. */
    public String fileName() {
        String usual = String.format("%s%s-%016x%016x", ImageLayout.PREFIX, Integer.toUnsignedString(uid), high, low);
        return nonce == 0 ? usual : usual + String.format("-%016x", nonce);
    }
}
