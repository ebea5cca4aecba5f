package org.pgofs.counters.process;

import java.util.List;

/**
 * A process that is read through its memory, or that cannot be.
 *
 * @param pid its number here
 * @param user whose it is
 * @param images the names of those that it counts for
 * @param problems why something in it is not read, a sentence each
 */
public record ProcessStatus(int pid, int user, List<String> images, List<String> problems) {}
