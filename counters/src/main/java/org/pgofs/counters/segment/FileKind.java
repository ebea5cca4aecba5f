package org.pgofs.counters.segment;

import java.util.regex.Pattern;
import org.pgofs.counters.format.ImageLayout;

/** The kinds of files in the segment directory, told by their names. */
public enum FileKind {
    SEGMENT,
    IMAGE,
    /** Not published yet. */
    UNFINISHED,
    /** An empty file whose name says why a target could not publish. */
    REFUSAL,
    /** A directory into which programs of a user write profiles. */
    PROFILES,
    /** The store's own. */
    STATE,
    /** A name that no target gives. It may hold any bytes, also such that are no text, and is never used as a path. */
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
        if (name.startsWith(ProfileDirectories.PREFIX)) {
            return PROFILES;
        }
        return name.startsWith(TEMPORARY_PREFIX) ? UNFINISHED : FOREIGN;
    }
}
