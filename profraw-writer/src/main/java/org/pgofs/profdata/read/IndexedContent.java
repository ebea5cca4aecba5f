package org.pgofs.profdata.read;

import java.util.List;

/**
 * An indexed profile that was read.
 *
 * @param version the version with its variant bits
 * @param functions in the order of the file
 * @param traces of a temporal profile: the hashes of names in the order of first calls
 */
public record IndexedContent(long version, List<ProfiledFunction> functions, List<Trace> traces) {
    /**
     * The order of first calls, of one process or more.
     *
     * @param weight of the trace
     * @param names hashes of names
     */
    public record Trace(long weight, List<Long> names) {}

    /** No trace that could be read. */
    static final List<Trace> NO_TRACES = List.of();
}
