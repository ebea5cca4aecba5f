package org.pgofs.counters;

/**
 * What names an image file.
 *
 * @param uid the owner, as the target's user namespace numbers it
 * @param high first word of the key
 * @param low second word of the key
 * @param nonce 0, or what tells the file from another one that took its usual name
 */
record ImageKey(int uid, long high, long low, long nonce) {
    /** The name of the image file in the segment directory. */
    String fileName() {
        String usual = String.format("%s%s-%016x%016x", ImageLayout.PREFIX, Integer.toUnsignedString(uid), high, low);
        return nonce == 0 ? usual : usual + String.format("-%016x", nonce);
    }
}
