package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.counts.SampledMember;
import org.pgofs.counters.counts.SampledMember.Sample;
import org.pgofs.counters.counts.ValueList;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.limits.Usage;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.OverBoundException;
import org.pgofs.counters.process.AttachedProcess.Reading;
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
 *   <li>What counts is a sample of each, as old as the last {@link #look}. When a process ends, its last sample stays.
 *   <li>A child of a fork begins with what its parent had counted. If the parent is known, that is left out: the child
 *       counts from the first look at it.
 *   <li>Processes that share their memory, as after vfork, count once.
 *   <li>A process that sets its counters to 0 goes on from what it had.
 * </ol>
 *
 * Looks are made by one thread at a time, which holds the store's lock only to put down what it has seen. What is of the
 * store's images is guarded by the store's lock, everything else by that of looks.
 */
public final class Processes implements SampledSource {
    private static final Logger LOG = LoggerFactory.getLogger(Processes.class);
    private static final Path PROC = Path.of("/proc");
    private static final long SELF = ProcessHandle.current().pid();

    /** How many ended parents are remembered, for children that are found later. */
    private static final int MOST_PARENTS = 4096;

    private final ReentrantLock looking = new ReentrantLock(true);
    private final Lock store;
    private final ImageCatalog images;
    private final Usage usage;
    private final MemberReader reader;
    private final StateDirectory state;
    private final ProgramFiles programs;
    private final boolean all;
    private final Runnable saving;
    private final IntConsumer files;
    private final Patience patience = new Patience();

    private final Map<Key, AttachedProcess> processes = new LinkedHashMap<>();
    /** Processes in which there is nothing to read, and how much memory they had when that was seen. */
    private final Map<Key, Long> passedOver = new HashMap<>();

    private final Map<Key, Patience.GivenUpException> givenUp = new HashMap<>();
    private final Set<Integer> wanted = new HashSet<>();
    private final Set<Parent> parents = new LinkedHashSet<>();

    /**
     * What is not read any more of processes that have not ended, or not been settled: images that were closed or replaced
     * by exec, processes that were given up, and those of an earlier daemon. The sample may be all there is, and when the
     * process has ended, the profile that it wrote may replace it.
     */
    private final Map<Place, Waiting> waiting = new LinkedHashMap<>();

    private final Map<SampledMember, ImageCounters> unsaved = new LinkedHashMap<>();
    private final Map<SampledMember, SavedProcess> saved = new LinkedHashMap<>();
    private List<ProcessStatus> status = List.of();

    /** One address space of a process: exec gives it another stack. */
    private record Key(int pid, long startTime, long stack) {
        static Key of(ProcessStat stat) {
            return new Key(stat.pid(), stat.startTime(), stat.stack());
        }
    }

    /** What a child of a fork has in common with its parent. */
    private record Parent(long stack, long counters) {}

    private record Place(int pid, long startTime, long counters) {}

    /**
     * A last sample.
     *
     * @param bytes for which its user is charged
     * @param isClosed whether it was closed: what is in its place later begins anew
     */
    private record Waiting(SampledMember member, ImageCounters image, long bytes, boolean isClosed) {
        Waiting(SampledMember member, ImageCounters image, boolean isClosed) {
            this(member, image, Processes.bytes(member), isClosed);
        }
    }

    /**
     * Looks at none yet.
     *
     * @param store its lock, which the caller of a method does not hold unless it says so
     * @param stock which processes are read, and how
     * @param saving called when something is to be saved
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
            Runnable saving,
            IntConsumer written) {
        this.store = store;
        this.images = images;
        this.usage = usage;
        this.reader = reader;
        this.state = state;
        this.programs = new ProgramFiles(stock.programs());
        this.all = stock.all();
        this.saving = saving;
        this.files = written;
    }

    @Override
    public void restore() throws IOException {
        for (SavedProcess process : state.manifest().sampled(SavedProcess.class)) {
            ImageCounters image = images.image(process.digest());
            if (image == null) {
                LOG.error("{} does not count: its image is lost, see above", process.name());
                continue;
            }
            Optional<Counts> counts = state.sample(process, image.image());
            if (counts.isPresent()) {
                SampledMember member = new SampledMember(
                        process.name(),
                        process.owner(),
                        OptionalInt.of(process.pid()),
                        sample(image.image(), counts.get()));
                image.join(member);
                usage.addMemory(process.owner(), bytes(member));
                saved.put(member, process);
                waiting.put(
                        new Place(process.pid(), process.start(), process.address()),
                        new Waiting(member, image, false));
                wanted.add(process.pid());
            }
        }
    }

    private static Sample sample(StoredImage image, Counts counts) {
        ByteBuffer section = ByteBuffer.allocate((int) image.sectionSize()).order(ByteOrder.LITTLE_ENDIAN);
        section.slice(image.countersBegin(), image.countersSize())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .put(counts.counters().values());
        ValueList values = new ValueList();
        counts.values().forEach(values);
        return new Sample(section, ByteBuffer.allocate(0), values);
    }

    /** What the sample of an earlier daemon takes up. */
    private static long bytes(SampledMember member) {
        Sample sample = member.sample();
        return sample.counters().limit() + sample.values().size() * SampledMember.VALUE_BYTES;
    }

    /** Whether there is nothing to look at, and nothing to look for. */
    private boolean isIdle() {
        return !all && processes.isEmpty() && wanted.isEmpty() && waiting.isEmpty();
    }

    /**
     * Looks at all processes: what they counted before this was called is in what the store serves.
     *
     * @return how long that had a processor, in nanoseconds
     * @throws IOException if processes cannot be listed
     */
    public long look() throws IOException {
        looking.lock();
        try {
            if (isIdle()) {
                return 0;
            }
            long begun = Linux.processorTime() + patience.processorTime();
            discover();
            for (AttachedProcess process : List.copyOf(processes.values())) {
                look(process);
            }
            settle();
            return Linux.processorTime() + patience.processorTime() - begun;
        } finally {
            looking.unlock();
        }
    }

    /**
     * Looks at a process from now on, at its libraries, and at the children that it forks.
     *
     * @throws IOException if there is nothing to read in it; the message is one line that says why
     */
    public void attach(int pid) throws IOException {
        looking.lock();
        try {
            ProcessStat stat;
            try {
                stat = ProcessStat.of(pid);
            } catch (IOException e) {
                throw new IOException("there is no process " + pid, e);
            }
            Key key = Key.of(stat);
            passedOver.remove(key);
            AttachedProcess process = processes.containsKey(key) ? processes.get(key) : find(stat);
            if (process == null || process.images().isEmpty()) {
                throw new IOException(reason(pid, process));
            }
            look(process);
            settle();
            if (process.images().isEmpty()) {
                throw new IOException(reason(pid, process));
            }
        } finally {
            looking.unlock();
        }
    }

    private String reason(int pid, AttachedProcess process) throws IOException {
        String subject = "process " + pid;
        if (givenUp.keySet().stream().anyMatch(key -> key.pid == pid)) {
            return subject + " does not answer: part of its memory may be on a file system that never does";
        }
        if (process == null) {
            int user = ProcessUser.of(pid).user();
            return usage.counts(user)
                    ? subject + " cannot be read, or has the memory of one that is attached"
                    : subject + " is one of user " + Integer.toUnsignedString(user) + ", who is excluded by -o users=";
        }
        if (!process.problems().isEmpty()) {
            return subject + ": " + process.problems().iterator().next();
        }
        return process.publishes()
                ? subject + " has the runtime of pgofs, and counts already"
                : subject + " has nothing that clang or rustc instrumented: compile it with -fprofile-generate,"
                        + " -fprofile-instr-generate or -Cprofile-generate";
    }

    /** Looks for new processes, and in known ones for new images. */
    private void discover() throws IOException {
        List<ProcessStat> stats = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                try {
                    stats.add(
                            ProcessStat.of(Integer.parseInt(entry.getFileName().toString())));
                } catch (IOException e) {
                    LOG.trace("{} has ended meanwhile", entry);
                }
            }
        }
        // Parents before their children.
        stats.sort(Comparator.comparingLong(ProcessStat::startTime).thenComparing(ProcessStat::forked));
        Set<Key> there = new HashSet<>();
        for (ProcessStat stat : stats) {
            there.add(Key.of(stat));
            if (isLookedFor(stat)) {
                find(stat);
            }
        }
        passedOver.keySet().retainAll(there);
        givenUp.values().removeIf(Patience.GivenUpException::hasEnded);
    }

    private boolean isLookedFor(ProcessStat stat) {
        Key key = Key.of(stat);
        if (stat.memory() == 0 || stat.pid() == SELF || givenUp.containsKey(key)) {
            return false;
        }
        AttachedProcess known = processes.get(key);
        if (known != null) {
            return known.stat().memory() != stat.memory();
        }
        Long memory = passedOver.get(key);
        return (memory == null || memory != stat.memory())
                && (all || wanted.contains(stat.pid()) || (stat.forked() && isAttached(stat.parent())));
    }

    private boolean isAttached(int pid) {
        return processes.keySet().stream().anyMatch(key -> key.pid == pid);
    }

    /** Null if it cannot be looked at; closed if there is nothing in it. */
    private AttachedProcess find(ProcessStat stat) {
        Key key = Key.of(stat);
        AttachedProcess process = processes.get(key);
        try {
            process = process == null ? open(stat) : process;
            if (process == null) {
                passedOver.put(key, stat.memory());
                return null;
            }
            processes.put(key, process);
            AttachedProcess looked = process;
            patience.call(() -> {
                looked.look(stat, programs);
                return null;
            });
            charge(process);
            if (process.images().isEmpty() && process.problems().isEmpty()) {
                passOver(key, process);
            }
            return process;
        } catch (Patience.GivenUpException e) {
            giveUp(key, e);
        } catch (IOException e) {
            LOG.debug("cannot look into process {}: {}", stat.pid(), e.getMessage());
            if (process == null || process.images().isEmpty()) {
                passOver(key, process);
            }
        }
        return null;
    }

    /** Leaves out images for whose samples there is no room. */
    private void charge(AttachedProcess process) {
        int user = process.user().user();
        store.lock();
        try {
            for (AttachedImage image : List.copyOf(process.images())) {
                if (image.isCharged()) {
                    continue;
                }
                if (usage.memoryLeft(user) < image.bytes()) {
                    process.images().remove(image);
                    process.problems().add(image.path() + " needs more memory than there is for its user");
                } else {
                    usage.addMemory(user, image.bytes());
                    image.setCharged();
                }
            }
        } finally {
            store.unlock();
        }
    }

    private void passOver(Key key, AttachedProcess process) {
        processes.remove(key);
        if (process == null) {
            return;
        }
        passedOver.put(key, process.stat().memory());
        process.close();
    }

    /** Null if it is not to be read: its user is excluded, or it has the memory of another one. */
    private AttachedProcess open(ProcessStat stat) throws IOException {
        ProcessUser user = ProcessUser.of(stat.pid());
        if (!usage.counts(user.user()) || sharesMemory(stat)) {
            return null;
        }
        return patience.call(() -> AttachedProcess.open(stat, user));
    }

    private boolean sharesMemory(ProcessStat stat) {
        for (AttachedProcess other : processes.values()) {
            try {
                if (stat.hasStackOf(other.stat())
                        && Linux.shareMemory(stat.pid(), other.stat().pid())) {
                    return true;
                }
            } catch (IOException e) {
                LOG.trace(
                        "process {} or {} has ended meanwhile",
                        stat.pid(),
                        other.stat().pid());
            }
        }
        return false;
    }

    /** A thread still works with what the process has, so it stays as it is. */
    private void giveUp(Key key, Patience.GivenUpException e) {
        LOG.warn("process {} is not read any more: it {}", key.pid, e.getMessage());
        givenUp.put(key, e);
        AttachedProcess process = processes.remove(key);
        if (process != null) {
            end(process);
        }
    }

    /** Takes a new sample of each of its images. */
    private void look(AttachedProcess process) {
        Key key = Key.of(process.stat());
        try {
            long room = room(process);
            List<Reading> readings = patience.call(() -> process.read(room));
            store.lock();
            try {
                for (Reading reading : readings) {
                    apply(process, reading);
                }
            } finally {
                store.unlock();
            }
            if (process.images().isEmpty() && (process.problems().isEmpty() || !process.exists())) {
                passOver(key, process);
            }
        } catch (Patience.GivenUpException e) {
            giveUp(key, e);
        } catch (IOException e) {
            LOG.debug("cannot read process {}: {}", key.pid, e.getMessage());
        }
    }

    /** How many values its samples may have. */
    private long room(AttachedProcess process) {
        store.lock();
        try {
            long values =
                    process.images().stream().mapToLong(AttachedImage::values).sum();
            return values + usage.memoryLeft(process.user().user()) / SampledMember.VALUE_BYTES;
        } finally {
            store.unlock();
        }
    }

    private void apply(AttachedProcess process, Reading reading) {
        AttachedImage image = reading.image();
        if (!reading.problem().isEmpty()) {
            process.problems().add(reading.problem());
        }
        try {
            if (reading.isGone()) {
                process.images().remove(image);
                leave(process, image, true);
            } else if (reading.sample().isPresent()) {
                apply(process, image, reading.sample().get());
            }
        } catch (OverBoundException | InvalidFileException e) {
            process.images().remove(image);
            usage.addMemory(process.user().user(), -image.bytes());
            process.problems().add(image.path() + " " + e.getMessage());
        } catch (IOException e) {
            throw new IllegalStateException(e); // samples are in memory
        }
    }

    private void apply(AttachedProcess process, AttachedImage image, Sample sample)
            throws IOException, InvalidFileException {
        if (!image.hasJoined()) {
            join(process, image, sample);
        } else if (image.member().sample().hasRestartedIn(sample)) {
            restart(image, sample);
        } else {
            image.replace(sample);
            unsaved.put(image.member(), image.image());
        }
        long before = image.bytes();
        image.setValues(sample.values().size());
        usage.addMemory(process.user().user(), image.bytes() - before);
    }

    private void join(AttachedProcess process, AttachedImage image, Sample sample)
            throws IOException, InvalidFileException {
        ProcessStat stat = process.stat();
        int user = process.user().user();
        ImageCounters counters = images.adopt(image.file(), image.path(), user);
        Place place = new Place(stat.pid(), stat.startTime(), image.countersAddress());
        Waiting earlier = waiting.get(place);
        if (earlier != null) {
            waiting.remove(place);
            usage.addMemory(user, -earlier.bytes);
        }
        if (earlier != null && earlier.image == counters && !earlier.isClosed) {
            image.join(counters, earlier.member);
            if (earlier.member.sample().hasRestartedIn(sample)) {
                restart(image, sample);
            } else {
                image.replace(sample);
            }
        } else {
            if (earlier != null) {
                fold(earlier.member, earlier.image);
            }
            SampledMember member = new SampledMember(
                    "process-" + stat.pid() + "-" + stat.startTime() + "-" + Long.toHexString(place.counters),
                    user,
                    OptionalInt.of(process.user().pid()),
                    sample);
            image.join(counters, member);
            if (stat.forked() && parents.contains(new Parent(stat.stack(), place.counters))) {
                counters.leaveOut(member, reader); // its parent has counted that
            }
            saved.put(
                    member,
                    new SavedProcess(
                            member.name(),
                            counters.image().digest(),
                            user,
                            stat.pid(),
                            stat.startTime(),
                            place.counters));
        }
        unsaved.put(image.member(), counters);
        images.markChanged(counters);
        remember(new Parent(stat.stack(), place.counters));
        LOG.info("process {} counts for {}", stat.pid(), counters.image().name());
    }

    private void remember(Parent parent) {
        parents.add(parent);
        if (parents.size() > MOST_PARENTS) {
            parents.remove(parents.iterator().next());
        }
    }

    /** The process has set its counters to 0: what it had counted stays. */
    private void restart(AttachedImage image, Sample sample) throws IOException {
        ImageCounters counters = image.image();
        counters.keep(counters.countsOf(image.member(), reader));
        image.replace(sample);
        unsaved.put(image.member(), counters);
        images.markChanged(counters);
    }

    /** What an image had counted at the last look stays, until its process has ended. Under the store's lock. */
    private void leave(AttachedProcess process, AttachedImage image, boolean isClosed) {
        int user = process.user().user();
        usage.addMemory(user, -image.bytes());
        if (image.hasJoined()) {
            ProcessStat stat = process.stat();
            Waiting last = new Waiting(image.member(), image.image(), isClosed);
            Waiting before = waiting.put(new Place(stat.pid(), stat.startTime(), image.countersAddress()), last);
            usage.addMemory(user, last.bytes);
            if (before != null) {
                usage.addMemory(user, -before.bytes);
                fold(before.member, before.image);
            }
        }
    }

    private void fold(SampledMember member, ImageCounters image) {
        try {
            image.fold(member, reader, images.memoryLeft(image));
        } catch (IOException e) {
            throw new IllegalStateException(e); // samples are in memory
        }
        unsaved.remove(member);
        saved.remove(member);
        images.markChanged(image);
    }

    private void end(AttachedProcess process) {
        store.lock();
        try {
            process.images().forEach(image -> leave(process, image, false));
        } finally {
            store.unlock();
        }
    }

    /** Ends those whose process has ended, and tells what there is. */
    private void settle() {
        List<Place> ended = waiting.keySet().stream()
                .filter(place -> !AttachedProcess.exists(place.pid, place.startTime))
                .toList();
        ended.stream().mapToInt(place -> place.pid).distinct().forEach(files);
        store.lock();
        try {
            for (Place place : ended) {
                Waiting gone = waiting.remove(place);
                usage.addMemory(gone.member.owner(), -gone.bytes);
                fold(gone.member, gone.image);
            }
            wanted.removeIf(pid -> isAttached(pid) || waiting.keySet().stream().noneMatch(place -> place.pid == pid));
            status = processes.values().stream()
                    .map(Processes::status)
                    .sorted(Comparator.comparingInt(ProcessStatus::pid))
                    .toList();
            if (!images.changed().isEmpty()) {
                saving.run();
            }
        } finally {
            store.unlock();
        }
    }

    private static ProcessStatus status(AttachedProcess process) {
        return new ProcessStatus(
                process.stat().pid(),
                process.user().user(),
                process.images().stream()
                        .filter(AttachedImage::hasJoined)
                        .map(image -> image.image().image().name())
                        .sorted()
                        .toList(),
                List.copyOf(process.problems()));
    }

    /**
     * The last sample of an image in a process that has ended, if its process was read and is not settled yet. Under the
     * store's lock.
     */
    public Optional<SampledMember> lastSample(int user, int pid, StoredImage image) {
        return saved.entrySet().stream()
                .filter(entry -> entry.getValue().owner() == user
                        && entry.getValue().pid() == pid
                        && entry.getValue().digest().equals(image.digest()))
                .map(Map.Entry::getKey)
                .reduce((earlier, later) -> later);
    }

    /** Replaces that sample by what the process wrote at its end. Under the store's lock. */
    public void replace(SampledMember member, ImageCounters image, Sample last) throws IOException {
        if (member.sample().hasRestartedIn(last)) {
            image.keep(image.countsOf(member, reader));
        }
        member.setSample(last);
        unsaved.put(member, image);
    }

    /** Nothing: what {@link #look()} has seen is put down already. */
    @Override
    public void look(Collection<ImageCounters> some) {}

    @Override
    public void saveSamples(Collection<ImageCounters> of) throws IOException {
        for (Map.Entry<SampledMember, ImageCounters> entry : List.copyOf(unsaved.entrySet())) {
            if (of.contains(entry.getValue())) {
                state.saveSample(saved.get(entry.getKey()), entry.getValue().countsOf(entry.getKey(), reader));
                unsaved.remove(entry.getKey());
            }
        }
    }

    @Override
    public List<SavedProcess> saved() {
        return List.copyOf(saved.values());
    }

    /**
     * Which processes there are. Under the store's lock.
     *
     * @param intervalMs how often they are looked at, in milliseconds
     */
    public ProcessesStatus status(long intervalMs) {
        return new ProcessesStatus(all, intervalMs, status);
    }

    @Override
    public void close() {
        looking.lock();
        try {
            processes.values().forEach(AttachedProcess::close);
            processes.clear();
            patience.end();
        } finally {
            looking.unlock();
        }
    }
}
