package org.pgofs.fleet.spark;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What went wrong in Spark, as one line. */
final class Failure {
    /** Spark's words for a job whose task failed begin with its numbers, and what was thrown follows with its class. */
    private static final Pattern THROWN =
            Pattern.compile("failed \\d+ times, most recent failure: .*?: (?:[\\w.$]+(?:Exception|Error): )+(.+)");

    private static final String UNKNOWN_MASTER = "Could not parse Master URL";

    private Failure() {}

    static String words(Exception e) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        if (line.startsWith(UNKNOWN_MASTER)) {
            return "Spark has no such master; there are local[*] and spark://HOST:PORT, and yarn and k8s://HOST:PORT if its jars"
                    + " have them";
        }
        Matcher thrown = THROWN.matcher(line);
        return thrown.find() ? thrown.group(1) : line;
    }
}
