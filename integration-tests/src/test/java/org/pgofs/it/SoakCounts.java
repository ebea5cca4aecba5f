package org.pgofs.it;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Counts of the two functions that the programs of the soak test call.
 *
 * @param program calls of counted()
 * @param library calls of library_counted()
 */
record SoakCounts(long program, long library) {
    static final SoakCounts NONE = new SoakCounts(0, 0);

    /** Those in a raw profile. */
    static SoakCounts of(Path profile) throws IOException {
        return new SoakCounts(RawCounts.first(profile, "counted"), RawCounts.first(profile, "library_counted"));
    }

    SoakCounts plus(SoakCounts other) {
        return new SoakCounts(program + other.program, library + other.library);
    }
}
