package org.pgofs.daemon.profile;

import java.util.List;
import java.util.Map;
import org.pgofs.counters.image.ImageNames;

/**
 * An image as the status of a mount has it.
 *
 * @param name unique
 * @param program the path of its file; null if no process says it
 * @param buildId in hexadecimal, may be empty
 * @param coverage whether the front end has instrumented it
 * @param functions how many
 * @param nonzero how many of its counters have counted
 * @param live the processes that have it
 * @param ended how many processes have ended
 * @param firstSeen when it was first seen, in a form whose order is that of time
 * @param since since when it counts
 * @param indexedVersion of its profdata
 */
record ServedImage(
        String name,
        String program,
        String buildId,
        boolean coverage,
        long functions,
        long nonzero,
        List<Long> live,
        long ended,
        String firstSeen,
        String since,
        long indexedVersion) {
    static ServedImage of(Map<?, ?> fields) {
        return new ServedImage(
                (String) fields.get("name"),
                (String) fields.get("program"),
                (String) fields.get("build_id"),
                ((String) fields.get("variant")).startsWith("coverage"),
                (Long) fields.get("functions"),
                (Long) fields.get("nonzero_counters"),
                ((List<?>) fields.get("live_processes"))
                        .stream().map(Long.class::cast).toList(),
                (Long) fields.get("ended_processes"),
                (String) fields.get("first_seen"),
                (String) fields.get("since"),
                (Long) fields.get("indexed_version"));
    }

    /** The name of its file. */
    String programName() {
        return ImageNames.program(name);
    }

    boolean hasCounts() {
        return nonzero > 0;
    }

    String processes() {
        long all = live.size() + ended;
        return all
                + (all == 1 ? " process" : " processes")
                + (live.isEmpty() ? "" : ", " + live.size() + " of them live");
    }
}
