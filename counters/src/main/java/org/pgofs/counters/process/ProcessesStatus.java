package org.pgofs.counters.process;

import java.util.List;

/**
 * The processes that are read through their memory.
 *
 * @param all whether all are looked for, and not only those that somebody named
 * @param intervalMs how long it is from one look to the next, in milliseconds
 * @param processes by pid
 */
public record ProcessesStatus(boolean all, long intervalMs, List<ProcessStatus> processes) {}
