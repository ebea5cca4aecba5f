package org.pgofs.counters.process;

/** One address space of a process: exec gives it another stack. */
record ProcessKey(int pid, long startTime, long stack) {
    static ProcessKey of(ProcessStat stat) {
        return new ProcessKey(stat.pid(), stat.startTime(), stat.stack());
    }
}
