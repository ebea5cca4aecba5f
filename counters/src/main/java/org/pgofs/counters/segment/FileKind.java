package org.pgofs.counters.segment;

import java.util.regex.Pattern;
import org.pgofs.counters.format.ImageLayout;

/** What a file of the segment directory is, by its name. */
public enum FileKind {
    SEGMENT,
    IMAGE,
    /** Not published yet. */
    UNFINISHED,
    /** Says by its name why a target could not publish. */
    REFUSAL,
    /** The store's own. */
    STATE,
    /** None that a target would give: it may hold anything, bytes that are no text too, and is not made a path. */
    FOREIGN;

    public static final String TEMPORARY_PREFIX = "t-";

    private static final Pattern PLAIN = Pattern.compile("[0-9A-Za-z-]+");

    static FileKind of(String name) {
        if (name.startsWith(".")) {
            return STATE;
        }
        if (!PLAIN.matcher(name).matches()) {
            return FOREIGN;
        }
        if (name.startsWith(SegmentFile.PREFIX)) {
            return SEGMENT;
        }
        if (name.startsWith(ImageLayout.PREFIX)) {
            return IMAGE;
        }
        if (name.startsWith(RefusedLog.PREFIX)) {
            return REFUSAL;
        }
        return name.startsWith(TEMPORARY_PREFIX) ? UNFINISHED : FOREIGN;
    }
}
