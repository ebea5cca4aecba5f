package org.pgofs.it;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Counts of the two functions that the programs of the soak test call, and what the value sites observed at each call.
 *
 * @param program calls of counted()
 * @param library calls of library_counted()
 * @param targets of the indirect calls by which both are called
 * @param sizes of the copies that are made beside
 */
record SoakCounts(long program, long library, long targets, long sizes) {
    static final SoakCounts NONE = new SoakCounts(0, 0, 0, 0);

    private static final String CALLER = "repeat";

    /** Those that calls make. */
    static SoakCounts ofCalls(long program, long library) {
        return new SoakCounts(program, library, program + library, program + library);
    }

    /** Those in a raw profile. */
    static SoakCounts of(Path profile) throws IOException {
        return new SoakCounts(
                RawCounts.first(profile, "counted"),
                RawCounts.first(profile, "library_counted"),
                RawCounts.observed(profile, CALLER, 0),
                RawCounts.observed(profile, CALLER, 1));
    }

    SoakCounts plus(SoakCounts other) {
        return new SoakCounts(
                program + other.program, library + other.library, targets + other.targets, sizes + other.sizes);
    }

    SoakCounts minus(SoakCounts other) {
        return new SoakCounts(
                program - other.program, library - other.library, targets - other.targets, sizes - other.sizes);
    }
}
