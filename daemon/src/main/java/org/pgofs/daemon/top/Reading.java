package org.pgofs.daemon.top;

import java.util.List;
import org.pgofs.daemon.history.Progress;

/**
 * What all functions of a mount had counted at one moment.
 *
 * @param mount where it was read
 * @param nanos the moment, as {@link System#nanoTime} tells it
 * @param images how many
 * @param processes that run
 * @param progress of the profile, as the daemon told a few seconds ago at most
 * @param functions of all images, those that counted nothing too
 */
record Reading(
        String mount, long nanos, int images, int processes, Progress progress, List<FunctionCounts> functions) {}
