package org.pgofs.counters.process;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pgofs.counters.linux.Linux;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The processes of all users that are read. Thread-safe. */
final class KnownProcesses {
    private static final Logger LOG = LoggerFactory.getLogger(KnownProcesses.class);

    private final Map<ProcessKey, ProcessStat> stats = new ConcurrentHashMap<>();

    void add(ProcessStat stat) {
        stats.put(ProcessKey.of(stat), stat);
    }

    void remove(ProcessKey key) {
        stats.remove(key);
    }

    boolean isEmpty() {
        return stats.isEmpty();
    }

    boolean has(int pid) {
        return stats.keySet().stream().anyMatch(key -> key.pid() == pid);
    }

    /** Whether one that is not among them has the memory of one of them, as after vfork. */
    boolean sharesMemory(ProcessStat stat) {
        for (ProcessStat other : stats.values()) {
            try {
                if (stat.hasStackOf(other) && Linux.shareMemory(stat.pid(), other.pid())) {
                    return true;
                }
            } catch (IOException e) {
                LOG.trace("process {} or {} has ended meanwhile", stat.pid(), other.pid());
            }
        }
        return false;
    }
}
