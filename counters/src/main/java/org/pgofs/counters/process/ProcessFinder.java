package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.ProcessEvents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the processes in which there may be something to read: by the events of the kernel, and where it sends none by a scan of
 * /proc. If all processes are looked for, there are scans in any case, but fewer: no event tells that a process has opened a
 * library. What it reads of /proc never waits. Thread-safe.
 */
final class ProcessFinder {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessFinder.class);
    private static final Path PROC = Path.of("/proc");
    private static final long SELF = ProcessHandle.current().pid();

    private static final long SCAN_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long SCAN_WITH_EVENTS_NS = TimeUnit.SECONDS.toNanos(5);

    /** A program that begins loads its libraries; until then there may be nothing in it. */
    private static final long YOUTH_NS = TimeUnit.SECONDS.toNanos(3);

    private static final int MOST_YOUNG = 4096;

    /** A question about each process at each scan would take longer than the scan. */
    private static final long OWNER_LASTS_NS = TimeUnit.SECONDS.toNanos(5);

    private final boolean all;
    private final KnownProcesses known;
    private final Allowance allowance;
    /** Those that began or were forked lately, and until when that is so. */
    private final Map<Integer, Long> young = new LinkedHashMap<>();

    private final Map<ProcessKey, Owner> owners = new HashMap<>();
    private ProcessEvents events;
    private boolean hasLostSome = true;
    private long scannedAt;
    private long scanCost;

    /**
     * Whose a process is.
     *
     * @param until when it is asked again: a program may give up the rights of root
     */
    private record Owner(int user, long until) {}

    /**
     * Finds none yet.
     *
     * @param all whether all processes are looked for, and not only the children of known ones
     * @param allowance for scans and events
     */
    ProcessFinder(boolean all, KnownProcesses known, Allowance allowance) {
        this.all = all;
        this.known = known;
        this.allowance = allowance;
    }

    /** Uses events from now on, if they are not null. */
    synchronized void setEvents(ProcessEvents from) {
        events = from;
        hasLostSome = true;
    }

    /**
     * Takes what events have come.
     *
     * @return whether there is something to look into
     */
    synchronized boolean drain() throws IOException {
        if (events == null) {
            return false;
        }
        long begun = Linux.processorTime();
        boolean isSomething = false;
        long until = System.nanoTime() + YOUTH_NS;
        for (ProcessEvents.Event event : events.drain()) {
            switch (event.kind()) {
                case EXECUTED -> isSomething |= all && isAdded(event.pid(), until);
                case FORKED -> isSomething |= known.has(event.parent()) && isAdded(event.pid(), until);
                case LOST -> {
                    hasLostSome = true;
                    isSomething = true;
                }
                default -> {}
            }
        }
        allowance.spend(Linux.processorTime() - begun);
        return isSomething;
    }

    /** Has all processes listed next, whatever events come. */
    synchronized void scanNext() {
        hasLostSome = true;
    }

    private boolean isAdded(int pid, long until) {
        if (young.size() >= MOST_YOUNG) {
            hasLostSome = true;
            return false;
        }
        young.put(pid, until);
        return true;
    }

    /** Whether there is time left to find some. */
    synchronized boolean mayFind() {
        return allowance.isLeft();
    }

    /**
     * Those in which there may be something that was not seen before, parents before their children.
     *
     * @param wanted numbers of further ones
     */
    synchronized Map<Integer, List<ProcessStat>> find(Collection<Integer> wanted, Effort effort) throws IOException {
        drain();
        long begun = Linux.processorTime();
        long now = System.nanoTime();
        boolean scans = isScanDue(effort, now);
        Map<Integer, List<ProcessStat>> found = sort(scans ? scan(wanted) : stats(wanted));
        young.values().removeIf(until -> until - now < 0);
        long taken = Linux.processorTime() - begun;
        allowance.spend(taken);
        if (scans) {
            scannedAt = now;
            scanCost = taken;
            hasLostSome = false;
        }
        return found;
    }

    /** Whether all processes were listed after a moment. */
    synchronized boolean hasScannedSince(long moment) {
        return scannedAt - moment >= 0;
    }

    private boolean isScanDue(Effort effort, long now) {
        boolean isOld = now - scannedAt >= allowance.pace(scanCost, events == null ? SCAN_NS : SCAN_WITH_EVENTS_NS);
        if (hasLostSome) {
            return isOld || allowance.isLeft();
        }
        if (events != null) {
            return all && isOld;
        }
        return switch (effort.kind()) {
            case REGULAR -> isOld;
            case READING -> scannedAt - effort.asked() < 0 && allowance.isLeft();
            case CHANGE -> scannedAt - effort.asked() < 0;
        };
    }

    private List<ProcessStat> scan(Collection<Integer> wanted) throws IOException {
        List<ProcessStat> stats = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                int pid = Integer.parseInt(entry.getFileName().toString());
                add(pid, stats);
            }
        }
        stats.removeIf(stat -> !all
                && !wanted.contains(stat.pid())
                && !young.containsKey(stat.pid())
                && !(stat.forked() && known.has(stat.parent())));
        return stats;
    }

    private List<ProcessStat> stats(Collection<Integer> wanted) {
        List<ProcessStat> stats = new ArrayList<>();
        wanted.forEach(pid -> add(pid, stats));
        young.keySet().forEach(pid -> add(pid, stats));
        return stats;
    }

    private static void add(int pid, List<ProcessStat> stats) {
        try {
            ProcessStat stat = ProcessStat.of(pid);
            if (stat.memory() != 0 && pid != SELF) {
                stats.add(stat);
            }
        } catch (IOException e) {
            LOG.trace("process {} has ended meanwhile", pid);
        }
    }

    private Map<Integer, List<ProcessStat>> sort(List<ProcessStat> stats) {
        stats.sort(Comparator.comparingLong(ProcessStat::startTime).thenComparing(ProcessStat::forked));
        Map<Integer, List<ProcessStat>> byUser = new LinkedHashMap<>();
        long now = System.nanoTime();
        owners.values().removeIf(owner -> owner.until - now < 0);
        for (ProcessStat stat : stats) {
            try {
                Owner owner = owners.get(ProcessKey.of(stat));
                if (owner == null) {
                    owner = new Owner(ProcessUser.of(stat.pid()).user(), now + OWNER_LASTS_NS);
                    owners.put(ProcessKey.of(stat), owner);
                }
                byUser.computeIfAbsent(owner.user, user -> new ArrayList<>()).add(stat);
            } catch (IOException e) {
                LOG.trace("process {} has ended meanwhile", stat.pid());
            }
        }
        return byUser;
    }
}
