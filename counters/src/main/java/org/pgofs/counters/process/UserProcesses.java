package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.process.AttachedProcess.Reading;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of one user.
 *
 * <ol>
 *   <li>They are looked at one after the other, through a reader of their own: they keep nobody waiting but one another.
 *   <li>The longest wait is for the one that was looked at last. A process that does not answer keeps its last sample until
 *       its reader, which is given up, has come back from it. Somebody whose processes do not answer again and again is not
 *       waited for.
 *   <li>Looks take no more than the user's share of a processor.
 * </ol>
 *
 * Thread-safe.
 */
final class UserProcesses {
    private static final Logger LOG = LoggerFactory.getLogger(UserProcesses.class);

    /** How many readers of a user may wait for what does not answer. */
    private static final int MOST_SILENT = 4;

    /** A busy machine is no reason not to wait for somebody. */
    private static final int MOST_FAULTS = 3;

    private static final long FAULTS_LAST_NS = TimeUnit.MINUTES.toNanos(10);
    static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    /** A look that comes a little early saves a whole interval. */
    private static final long EARLY_NS = INTERVAL_NS / 10;

    /** For how long somebody whose processes were looked into has a share of the time. */
    private static final long ACTIVE_NS = TimeUnit.SECONDS.toNanos(10);

    /** How many that were found may wait to be looked into; others are found again. */
    private static final int MOST_FOUND = 4096;

    /** Further ones are looked into again. */
    private static final int MOST_PASSED_OVER = 8192;

    private final int user;
    private final Shared shared;
    private final Allowance allowance;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Map<ProcessKey, AttachedProcess> processes = new LinkedHashMap<>();
    private final Map<ProcessKey, ProcessStat> found = new LinkedHashMap<>();
    /** Processes in which there is nothing to read, and how much memory they had when that was seen. */
    private final Map<ProcessKey, Long> passedOver = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ProcessKey, Long> eldest) {
            return size() > MOST_PASSED_OVER;
        }
    };

    private final Map<ProcessKey, Silence> silences = new LinkedHashMap<>();
    private ForeignReader reader;
    private long lastCost;
    private int faults;
    private long lastFault;
    private long wholeSince;
    private boolean retired;
    private volatile long workedAt;
    private volatile boolean trusted = true;
    private volatile List<ProcessStatus> status = List.of();
    private volatile long intervalMs;

    /** A reader that does not come back from a process. */
    private record Silence(ForeignReader reader, long since) {}

    /**
     * What is the same for all users.
     *
     * @param program the readers'
     * @param files what is known of programs' files
     * @param members what processes count for
     * @param known the processes of all users
     * @param allowance what looks at the processes of all users may take
     * @param readers how many there are, with those that do not come back
     */
    record Shared(
            Path program,
            ProgramFiles files,
            ProcessMembers members,
            KnownProcesses known,
            Allowance allowance,
            AtomicInteger readers) {
        /** How many there may be. */
        private static final int MOST_READERS = 128;
        /** While there are more, each ends after its work. */
        private static final int MOST_KEPT = 16;

        ForeignReader start() throws IOException {
            if (readers.incrementAndGet() > MOST_READERS) {
                readers.decrementAndGet();
                throw new IOException("too many processes of others do not answer");
            }
            try {
                return ForeignReader.start(program);
            } catch (IOException | RuntimeException | Error e) {
                readers.decrementAndGet();
                throw e;
            }
        }

        boolean hasTooMany() {
            return readers.get() > MOST_KEPT;
        }

        void ended() {
            readers.decrementAndGet();
        }
    }

    /** None yet. */
    UserProcesses(int user, Shared shared, Allowance allowance) {
        this.user = user;
        this.shared = shared;
        this.allowance = allowance;
        workedAt = System.nanoTime() - ACTIVE_NS;
        wholeSince = workedAt;
    }

    /** Whether it is worth while to wait for them. */
    boolean isTrusted() {
        return trusted;
    }

    /** Whether they take up time. */
    boolean isActive() {
        return !status.isEmpty() || System.nanoTime() - workedAt < ACTIVE_NS;
    }

    /** Whether there are none to be looked at, and none will be: another object is for those that come. */
    boolean retire() {
        if (!trusted || !lock.tryLock()) {
            return false;
        }
        try {
            retired = processes.isEmpty() && found.isEmpty() && silences.isEmpty() && faults == 0;
            return retired;
        } finally {
            lock.unlock();
        }
    }

    /** Those that there are, as they were after the last look. */
    List<ProcessStatus> status() {
        return status;
    }

    /** How long it is from one look to the next, in milliseconds; 0 if nothing is looked at. */
    long intervalMs() {
        return intervalMs;
    }

    /**
     * Looks into processes that were found, and at all that are known.
     *
     * @param candidates which belong to the user
     * @param parts the share that looks may take is one of so many
     */
    void look(Collection<ProcessStat> candidates, Effort effort, int parts) {
        if (!enter(effort)) {
            return;
        }
        try {
            if (!retired) {
                candidates.forEach(this::noteFound);
            }
            if (wholeSince - effort.asked() >= 0 && found.isEmpty()) {
                return; // another one has looked meanwhile
            }
            long begun = System.nanoTime();
            allowance.setParts(parts);
            begin();
            lookAtFound(effort);
            if (lookAtKnown(effort)) {
                wholeSince = begun;
            }
        } catch (IOException e) {
            LOG.warn("processes of user {} are not looked at: {}", Integer.toUnsignedString(user), e.getMessage());
        } finally {
            end();
            lock.unlock();
        }
    }

    private boolean enter(Effort effort) {
        try {
            return lock.tryLock(Math.max(0, effort.left()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void noteFound(ProcessStat stat) {
        ProcessKey key = ProcessKey.of(stat);
        Long memory = passedOver.get(key);
        if (!processes.containsKey(key)
                && !silences.containsKey(key)
                && (memory == null || memory != stat.memory())
                && found.size() < MOST_FOUND) {
            found.put(key, stat);
        }
    }

    private void begin() {
        long now = System.nanoTime();
        silences.values().removeIf(silence -> {
            if (silence.reader.isAlive()) {
                return false;
            }
            shared.ended();
            return true;
        });
        if (now - lastFault > FAULTS_LAST_NS) {
            faults = 0;
        }
    }

    private void end() {
        long now = System.nanoTime();
        trusted = faults < MOST_FAULTS
                && silences.values().stream().allMatch(silence -> now - silence.since < INTERVAL_NS);
        List<ProcessStatus> list = new ArrayList<>();
        long interval = 0;
        for (AttachedProcess process : processes.values()) {
            list.add(status(process));
            interval = Math.max(interval, process.interval(now));
        }
        status = List.copyOf(list);
        intervalMs = processes.isEmpty() ? 0 : TimeUnit.NANOSECONDS.toMillis(Math.max(INTERVAL_NS, interval));
        if (reader != null && (processes.isEmpty() || shared.hasTooMany())) {
            endReader();
        }
    }

    private void endReader() {
        reader.close();
        reader = null;
        shared.ended();
    }

    private ProcessStatus status(AttachedProcess process) {
        Set<String> problems = new TreeSet<>(process.problems());
        if (silences.containsKey(ProcessKey.of(process.stat()))) {
            problems.add("does not answer: its last counts are served");
        } else if (silences.size() >= MOST_SILENT) {
            problems.add("is not looked at, since " + silences.size()
                    + " processes of its user do not answer: its last counts are served");
        }
        return new ProcessStatus(
                process.stat().pid(),
                user,
                process.images().stream()
                        .filter(AttachedImage::hasJoined)
                        .map(image -> image.image().image().name())
                        .sorted()
                        .toList(),
                List.copyOf(problems));
    }

    private boolean mayGoOn(Effort effort) {
        return effort.isLong()
                && silences.size() < MOST_SILENT
                && (effort.kind() == Effort.Kind.CHANGE || (allowance.isLeft() && shared.allowance.isLeft()));
    }

    private void lookAtFound(Effort effort) throws IOException {
        for (ProcessStat stat : List.copyOf(found.values())) {
            if (!mayGoOn(effort)) {
                return;
            }
            found.remove(ProcessKey.of(stat));
            find(stat, effort);
        }
    }

    /** Whether all were looked at that answer. */
    private boolean lookAtKnown(Effort effort) throws IOException {
        List<AttachedProcess> oldestFirst = new ArrayList<>(processes.values());
        oldestFirst.sort(Comparator.comparingLong(AttachedProcess::lookedAt));
        long cost = oldestFirst.stream().mapToLong(AttachedProcess::cost).sum();
        long pace = allowance.pace(cost, INTERVAL_NS) - EARLY_NS;
        for (AttachedProcess process : oldestFirst) {
            boolean isEarly = effort.kind() == Effort.Kind.REGULAR
                    && process.lookedAt() != 0
                    && System.nanoTime() - process.lookedAt() < pace;
            if (isEarly || !mayGoOn(effort)) {
                return false;
            }
            if (!silences.containsKey(ProcessKey.of(process.stat()))) {
                look(process, effort);
            } else if (!process.exists()) {
                forget(process);
            }
        }
        return true;
    }

    /** Work with a process, which may not answer. */
    private interface Work {
        void run(ForeignReader by) throws IOException;
    }

    private void startReader() throws IOException {
        if (reader == null) {
            reader = shared.start();
        }
    }

    /**
     * Does some work by the reader.
     *
     * @return false if the process did not answer
     */
    private boolean isAnswered(ProcessKey key, Effort effort, Work work) throws IOException {
        ForeignReader by = reader;
        by.waitFor(effort.left());
        long begun = Linux.processorTime() + by.processorTime();
        try {
            work.run(by);
            return true;
        } catch (ForeignReader.LostException e) {
            LOG.warn("process {} of user {} {}", key.pid(), Integer.toUnsignedString(user), e.getMessage());
            by.close();
            reader = null;
            silences.put(key, new Silence(by, System.nanoTime()));
            faults++;
            lastFault = System.nanoTime();
            return false;
        } finally {
            lastCost = Linux.processorTime() + by.processorTime() - begun;
            allowance.spend(lastCost);
            shared.allowance.spend(lastCost);
            workedAt = System.nanoTime();
        }
    }

    /** Null if it is not to be read: it has ended, its user is excluded, or it has the memory of another one. */
    private AttachedProcess find(ProcessStat stat, Effort effort) throws IOException {
        ProcessUser owner;
        try {
            owner = ProcessUser.of(stat.pid());
        } catch (IOException e) {
            return null; // it has ended
        }
        if (!shared.members.counts(user) || shared.known.sharesMemory(stat)) {
            passedOver.put(ProcessKey.of(stat), stat.memory());
            return null;
        }
        AttachedProcess process = new AttachedProcess(stat, owner);
        processes.put(ProcessKey.of(stat), process);
        shared.known.add(stat);
        look(process, effort);
        return process;
    }

    /** Looks for what a process has loaded, and takes a new sample of each of its images. */
    private void look(AttachedProcess process, Effort effort) throws IOException {
        ProcessKey key = ProcessKey.of(process.stat());
        ProcessStat now;
        try {
            now = ProcessStat.of(key.pid());
        } catch (IOException e) {
            forget(process);
            return;
        }
        if (!ProcessKey.of(now).equals(key)) {
            forget(process);
            return;
        }
        boolean hasChanged =
                process.lookedAt() == 0 || now.memory() != process.stat().memory();
        long moment = System.nanoTime();
        startReader();
        boolean isAnswered;
        try {
            isAnswered = isAnswered(key, effort, by -> {
                if (hasChanged && now.memory() != 0) { // that of a process whose first thread has ended is not told
                    process.look(now, shared.files, by);
                    shared.members.charge(process);
                }
                List<Reading> readings = process.read(shared.members.room(process), by);
                shared.members.apply(process, readings);
            });
        } catch (IOException e) {
            LOG.debug("cannot look into process {}: {}", key.pid(), e.getMessage());
            if (process.images().isEmpty() || !process.exists()) {
                process.problems().add("cannot be looked into: " + e.getMessage());
                forget(process);
                passedOver.put(key, now.memory());
            }
            return;
        }
        if (isAnswered) {
            process.setLooked(moment);
        }
        if (isAnswered && !hasChanged) {
            process.setCost(lastCost);
        }
        if (isAnswered && process.images().isEmpty() && (process.problems().isEmpty() || !process.exists())) {
            forget(process);
            passedOver.put(key, now.memory());
        }
    }

    /** What it had counted stays. */
    private void forget(AttachedProcess process) {
        ProcessKey key = ProcessKey.of(process.stat());
        shared.members.end(process);
        processes.remove(key);
        shared.known.remove(key);
        if (!silences.containsKey(key)) {
            closeIfAnswered(process);
        }
    }

    private void closeIfAnswered(AttachedProcess process) {
        try {
            process.close();
        } catch (ForeignReader.LostException e) {
            LOG.debug("the reader is lost", e); // as the next one who asks it sees
        }
    }

    /**
     * Looks at a process from now on.
     *
     * @return false if another object is for the user meanwhile
     * @throws IOException if there is nothing to read in it; the message is one line that says why
     */
    boolean attach(ProcessStat stat, int parts) throws IOException {
        String subject = "process " + stat.pid();
        Effort effort = Effort.now(Effort.Kind.CHANGE);
        if (!shared.members.counts(user)) {
            throw new IOException(
                    subject + " is one of user " + Integer.toUnsignedString(user) + ", who is excluded by -o users=");
        }
        if (!enter(effort)) {
            throw new IOException(subject + " cannot be looked at now: others of its user do not answer");
        }
        try {
            if (!retired) {
                allowance.setParts(parts);
                begin();
                attach(stat, effort, subject);
            }
            return !retired;
        } finally {
            end();
            lock.unlock();
        }
    }

    private void attach(ProcessStat stat, Effort effort, String subject) throws IOException {
        ProcessKey key = ProcessKey.of(stat);
        passedOver.remove(key);
        AttachedProcess process = processes.get(key);
        boolean isNew = process == null;
        if (!silences.containsKey(key)) {
            if (process == null) {
                process = find(stat, effort);
            } else {
                look(process, effort);
            }
        }
        if (silences.containsKey(key)) {
            if (isNew && process != null) {
                forget(process);
            }
            throw new IOException(
                    subject + " does not answer: part of its memory may be on a file system that never does");
        }
        if (process == null) {
            throw new IOException(subject + " has ended, or has the memory of one that is attached");
        }
        if (process.images().isEmpty()) {
            throw new IOException(reason(process, subject));
        }
    }

    private static String reason(AttachedProcess process, String subject) {
        if (!process.problems().isEmpty()) {
            return subject + ": " + process.problems().iterator().next();
        }
        return process.publishes()
                ? subject + " has the runtime of pgofs, and counts already"
                : subject + " has nothing that clang or rustc instrumented: compile it with -fprofile-generate,"
                        + " -fprofile-instr-generate or -Cprofile-generate";
    }

    /** Ends the reader. What was read stays. */
    void close() {
        lock.lock();
        try {
            if (reader != null) {
                endReader();
            }
        } finally {
            lock.unlock();
        }
    }
}
