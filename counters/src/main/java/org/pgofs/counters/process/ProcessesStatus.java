package org.pgofs.counters.process;

import java.util.List;

/**
 * The processes that are read through their memory.
 *
 * @param all whether all are looked for, and not only those that somebody named
 * @param foundBy how they are found, in words; empty if none are looked for
 * @param intervalMs how long it is from one look at a process to the next, of the one for which it is longest, in
 *     milliseconds
 * @param processes by pid
 */
public record ProcessesStatus(boolean all, String foundBy, long intervalMs, List<ProcessStatus> processes) {}
