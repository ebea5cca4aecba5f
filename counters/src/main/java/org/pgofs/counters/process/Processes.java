package org.pgofs.counters.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.function.IntConsumer;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.counts.SampledMember;
import org.pgofs.counters.counts.SampledMember.Sample;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.limits.Usage;
import org.pgofs.counters.process.Effort.Kind;
import org.pgofs.counters.segment.ImageCatalog;
import org.pgofs.counters.state.SampledSource;
import org.pgofs.counters.state.SavedProcess;
import org.pgofs.counters.state.StateDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes that count with the compiler's own runtime, and are read through their memory.
 *
 * <ol>
 *   <li>A look is made off the store's lock, and put down under it. Whoever waits for one waits {@link Effort#MOST_NS} at
 *       most, whatever the processes do, and not at all for users whose processes do not answer.
 *   <li>All looks together take no more than a hundredth of a processor's time, of which some can be saved up: half of it
 *       for finding processes, half of it for reading them, in equal shares for their users. Where that is not enough, what
 *       is served is older. Only the looks before a reset or a take are made in any case.
 *   <li>Processes that share their memory, as after vfork, count once.
 * </ol>
 *
 * Thread-safe.
 */
public final class Processes implements SampledSource {
    private static final Logger LOG = LoggerFactory.getLogger(Processes.class);

    private static final int PARTS = 200;
    private static final long MOST_SAVED_UP_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long MOST_FOR_ALL_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int THREADS = 8;

    /** A tenth of the time may be spent on saving children of forks one by one. */
    private static final int SAVING_PARTS = 10;

    private final boolean all;
    private final Saving saving;
    private final ProcessMembers members;
    private final KnownProcesses known = new KnownProcesses();
    private final UserProcesses.Shared shared;
    private final ProcessFinder finder;
    private final ProcessListener listener;
    private final Allowance saves = new Allowance(System::nanoTime, SAVING_PARTS, MOST_SAVED_UP_NS);
    private final Map<Integer, UserProcesses> users = new ConcurrentHashMap<>();
    private final Set<Integer> wanted = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, Processes::newThread);

    /** Has all counts saved. Without the store's lock. */
    public interface Saving {
        /** At once. */
        void now();

        /** Soon, with what else is to be saved. */
        void later();
    }

    /**
     * Looks at none yet.
     *
     * @param store its lock, which the caller of a method does not hold unless it says so
     * @param stock which processes are read, and how
     * @param written called with the number of a process that has ended, before its last samples are folded: what it wrote
     *     replaces them
     */
    public Processes(
            Lock store,
            ImageCatalog images,
            Usage usage,
            MemberReader reader,
            StateDirectory state,
            StockSources stock,
            Saving saving,
            IntConsumer written) {
        this.all = stock.all();
        this.saving = saving;
        members = new ProcessMembers(store, images, usage, reader, state, written);
        ProgramFiles files = new ProgramFiles(stock.programs());
        shared = new UserProcesses.Shared(
                stock.reader(),
                files,
                members,
                known,
                new Allowance(System::nanoTime, PARTS, MOST_FOR_ALL_NS),
                new AtomicInteger());
        finder = new ProcessFinder(all, known, new Allowance(System::nanoTime, PARTS, MOST_SAVED_UP_NS));
        listener = new ProcessListener(finder, this::lookAtFound);
    }

    private static Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "process-reader");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void restore() throws IOException {
        wanted.addAll(members.restore());
    }

    /** Whether there is nothing to look at, and nothing to look for. */
    private boolean isIdle() {
        return !all && known.isEmpty() && wanted.isEmpty();
    }

    /**
     * Looks at all processes for somebody who reads: what they counted before is in what the store serves, unless looks take
     * too much time.
     *
     * @throws IOException if processes cannot be listed
     */
    public void look() throws IOException {
        lookUnlessIdle(Kind.READING);
    }

    /**
     * The same before counts are given up, as by a reset, however much time it takes.
     *
     * @throws IOException if processes cannot be listed
     */
    public void lookBeforeChange() throws IOException {
        lookUnlessIdle(Kind.CHANGE);
    }

    /**
     * The same where nobody has asked: at those whose turn it is.
     *
     * @throws IOException if processes cannot be listed
     */
    void lookRegularly() throws IOException {
        lookUnlessIdle(Kind.REGULAR);
    }

    private void lookUnlessIdle(Kind kind) throws IOException {
        if (isIdle()) {
            listener.end();
        } else {
            listener.start();
            look(Effort.now(kind));
        }
    }

    /** When the kernel has told of some. */
    private void lookAtFound() {
        try {
            look(Effort.now(Kind.REGULAR));
        } catch (IOException e) {
            LOG.error("looking at new processes", e);
        }
    }

    private void look(Effort effort) throws IOException {
        Map<Integer, List<ProcessStat>> found = finder.find(wanted, effort);
        found.keySet().forEach(this::user);
        int parts = parts();
        Map<UserProcesses, Future<?>> looks = new LinkedHashMap<>();
        for (Map.Entry<Integer, UserProcesses> entry : users.entrySet()) {
            UserProcesses user = entry.getValue();
            if (user.isTrusted() || effort.kind() == Kind.REGULAR) {
                List<ProcessStat> candidates = found.getOrDefault(entry.getKey(), List.of());
                Future<?> future = submit(user, candidates, effort, parts);
                if (user.isTrusted()) {
                    looks.put(user, future);
                }
            }
        }
        for (Future<?> look : looks.values()) {
            await(look, effort);
        }
        if (!all || finder.hasScannedSince(effort.asked())) {
            users.entrySet()
                    .removeIf(entry -> !found.containsKey(entry.getKey())
                            && entry.getValue().retire());
        }
        settle();
    }

    private UserProcesses user(int number) {
        return users.computeIfAbsent(
                number,
                key -> new UserProcesses(number, shared, new Allowance(System::nanoTime, parts(), MOST_SAVED_UP_NS)));
    }

    /** So many share what is for looks: those that take up time. */
    private int parts() {
        long active = users.values().stream().filter(UserProcesses::isActive).count();
        return PARTS * (int) Math.max(1, active);
    }

    private Future<?> submit(UserProcesses user, List<ProcessStat> candidates, Effort effort, int parts)
            throws IOException {
        try {
            return threads.submit(() -> {
                user.look(candidates, effort, parts);
                return null;
            });
        } catch (RejectedExecutionException e) {
            throw new IOException("the store is closed", e);
        }
    }

    private static void await(Future<?> look, Effort effort) throws IOException {
        try {
            look.get(Math.max(0, effort.left()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.debug("not all processes were looked at in time", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) { // such as a lack of memory
                throw error;
            }
            throw new IOException(e.getCause().toString(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /**
     * Looks at a process from now on, at its libraries, and at the children that it forks.
     *
     * @throws IOException if there is nothing to read in it; the message is one line that says why
     */
    public void attach(int pid) throws IOException {
        ProcessStat stat;
        ProcessUser owner;
        try {
            stat = ProcessStat.of(pid);
            owner = ProcessUser.of(pid);
        } catch (IOException e) {
            throw new IOException("there is no process " + pid, e);
        }
        while (!user(owner.user()).attach(stat, parts())) {
            LOG.debug("the last process of user {} has just ended", owner.user());
        }
        listener.start();
        finder.scanNext(); // for children that it has already
        settle();
    }

    private void settle() {
        Set<Integer> unseen = members.settle();
        if (wanted.removeIf(pid -> known.has(pid) || !unseen.contains(pid))) {
            finder.scanNext(); // for children that they forked meanwhile
        }
        if (members.hasUnsavedChild() && saves.isLeft()) {
            long begun = System.nanoTime();
            saving.now();
            saves.spend(System.nanoTime() - begun);
        }
        if (members.isChanged()) {
            saving.later();
        }
    }

    /**
     * The last sample of an image in a process that has ended, if its process was read and is not settled yet. Under the
     * store's lock.
     */
    public Optional<SampledMember> lastSample(int user, int pid, StoredImage image) {
        return members.lastSample(user, pid, image);
    }

    /** Replaces that sample by what the process wrote at its end. Under the store's lock. */
    public void replace(SampledMember member, ImageCounters image, Sample last) throws IOException {
        members.replace(member, image, last);
    }

    /** Nothing: what {@link #look()} has seen is put down already. */
    @Override
    public void look(Collection<ImageCounters> some) {}

    @Override
    public void saveSamples(Collection<ImageCounters> of) throws IOException {
        members.saveSamples(of);
    }

    @Override
    public List<SavedProcess> saved() {
        return members.saved();
    }

    /** Which processes there are. */
    public ProcessesStatus status() {
        List<ProcessStatus> processes = new ArrayList<>();
        long intervalMs = TimeUnit.NANOSECONDS.toMillis(UserProcesses.INTERVAL_NS);
        for (UserProcesses user : users.values()) {
            processes.addAll(user.status());
            intervalMs = Math.max(intervalMs, user.intervalMs());
        }
        processes.sort(Comparator.comparingInt(ProcessStatus::pid));
        return new ProcessesStatus(all, listener.text(), intervalMs, processes);
    }

    /** Without the store's lock. */
    @Override
    public void close() {
        listener.end();
        threads.shutdown();
        users.values().forEach(UserProcesses::close);
    }
}
