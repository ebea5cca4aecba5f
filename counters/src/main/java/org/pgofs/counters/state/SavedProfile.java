package org.pgofs.counters.state;

/**
 * A profile that a program wrote, as it was when it was taken in: it counts, and is still to be deleted. It has no sample.
 *
 * @param name its path in the segment directory, without white space
 * @param inode its number
 * @param size in bytes, all of which count
 * @param modified when it was written, in nanoseconds since 1970
 */
public record SavedProfile(String name, long inode, long size, long modified) implements Sampled {
    static final String WORD = "written";

    static SavedProfile of(String[] field) {
        return new SavedProfile(field[1], Long.parseLong(field[2]), Long.parseLong(field[3]), Long.parseLong(field[4]));
    }

    @Override
    public String digest() {
        return ""; // it may be of several images
    }

    @Override
    public String fileName() {
        return WORD; // there is none
    }

    @Override
    public void appendTo(StringBuilder text) {
        SavedImage.line(text, WORD, name, inode, size, modified);
    }
}
