package org.pgofs.daemon.top;

import java.util.List;

/**
 * What all functions of a mount had counted at one moment.
 *
 * @param mount where it was read
 * @param nanos the moment, as {@link System#nanoTime} tells it
 * @param images how many
 * @param processes that run
 * @param functions of all images, those that counted nothing too
 */
record Reading(String mount, long nanos, int images, int processes, List<FunctionCounts> functions) {}
