package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.Lock;
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
import org.pgofs.counters.linux.OverBoundException;
import org.pgofs.counters.process.AttachedProcess.Reading;
import org.pgofs.counters.segment.ImageCatalog;
import org.pgofs.counters.state.SavedProcess;
import org.pgofs.counters.state.StateDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What processes that are read count for the images of the store.
 *
 * <ol>
 *   <li>What counts is a sample of each, as old as the last look at it. When a process ends, its last sample stays.
 *   <li>A child of a fork begins with what its parent had counted. If the parent is known, that is left out: the child
 *       counts from the first look at it.
 *   <li>A process that sets its counters to 0 goes on from what it had.
 * </ol>
 *
 * Guarded by the store's lock, which methods take unless they say so.
 */
final class ProcessMembers {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessMembers.class);

    /** How many ended parents are remembered, for children that are found later. */
    private static final int MOST_PARENTS = 4096;

    private final Lock store;
    private final ImageCatalog images;
    private final Usage usage;
    private final MemberReader reader;
    private final StateDirectory state;
    private final IntConsumer files;
    private final Set<Parent> parents = new LinkedHashSet<>();

    /**
     * What is not read any more of processes that have not ended, or not been settled: images that were closed or replaced
     * by exec, and those of an earlier daemon. The sample may be all there is, and when the process has ended, the profile
     * that it wrote may replace it.
     */
    private final Map<Place, Waiting> waiting = new LinkedHashMap<>();

    private final Map<SampledMember, ImageCounters> unsaved = new LinkedHashMap<>();
    private final Map<SampledMember, SavedProcess> saved = new LinkedHashMap<>();
    private boolean hasUnsavedChild;

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
            this(member, image, ProcessMembers.bytes(member), isClosed);
        }
    }

    /**
     * None yet.
     *
     * @param files called with the number of a process that has ended, before its last samples are folded: what it wrote
     *     replaces them
     */
    ProcessMembers(
            Lock store,
            ImageCatalog images,
            Usage usage,
            MemberReader reader,
            StateDirectory state,
            IntConsumer files) {
        this.store = store;
        this.images = images;
        this.usage = usage;
        this.reader = reader;
        this.state = state;
        this.files = files;
    }

    /**
     * Takes up the processes that an earlier daemon had. Under the lock.
     *
     * @return their numbers
     */
    Set<Integer> restore() throws IOException {
        Set<Integer> pids = new LinkedHashSet<>();
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
                image.rejoin(member);
                usage.addMemory(process.owner(), bytes(member));
                saved.put(member, process);
                waiting.put(
                        new Place(process.pid(), process.start(), process.address()),
                        new Waiting(member, image, false));
                pids.add(process.pid());
            }
        }
        return pids;
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

    /** Whether the processes of a user count at all. */
    boolean counts(int user) {
        return usage.counts(user);
    }

    /** Leaves out images for whose samples there is no room. */
    void charge(AttachedProcess process) {
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

    /** How many values the samples of a process may have. */
    long room(AttachedProcess process) {
        store.lock();
        try {
            long values =
                    process.images().stream().mapToLong(AttachedImage::values).sum();
            return values + usage.memoryLeft(process.user().user()) / SampledMember.VALUE_BYTES;
        } finally {
            store.unlock();
        }
    }

    /** Puts down what was read of a process. */
    void apply(AttachedProcess process, List<Reading> readings) {
        store.lock();
        try {
            for (Reading reading : readings) {
                apply(process, reading);
            }
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
                hasUnsavedChild = true;
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

    /** What a process had counted at the last look stays, until it has ended. */
    void end(AttachedProcess process) {
        store.lock();
        try {
            process.images().forEach(image -> leave(process, image, true));
        } finally {
            store.unlock();
        }
    }

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

    /**
     * Ends those whose process has ended.
     *
     * @return the numbers of the processes of which some wait
     */
    Set<Integer> settle() {
        List<Place> ended = waitingPlaces().stream()
                .filter(place -> !AttachedProcess.exists(place.pid, place.startTime))
                .toList();
        ended.stream().mapToInt(place -> place.pid).distinct().forEach(files);
        store.lock();
        try {
            for (Place place : ended) {
                Waiting gone = waiting.remove(place);
                if (gone != null) { // else another thread was faster
                    usage.addMemory(gone.member.owner(), -gone.bytes);
                    fold(gone.member, gone.image);
                }
            }
            Set<Integer> pids = new LinkedHashSet<>();
            waiting.keySet().forEach(place -> pids.add(place.pid));
            return pids;
        } finally {
            store.unlock();
        }
    }

    private List<Place> waitingPlaces() {
        store.lock();
        try {
            return List.copyOf(waiting.keySet());
        } finally {
            store.unlock();
        }
    }

    /** As {@link Processes#lastSample} has it. Under the lock. */
    Optional<SampledMember> lastSample(int user, int pid, StoredImage image) {
        return saved.entrySet().stream()
                .filter(entry -> entry.getValue().owner() == user
                        && entry.getValue().pid() == pid
                        && entry.getValue().digest().equals(image.digest()))
                .map(Map.Entry::getKey)
                .reduce((earlier, later) -> later);
    }

    /** As {@link Processes#replace} has it. Under the lock. */
    void replace(SampledMember member, ImageCounters image, Sample last) throws IOException {
        if (member.sample().hasRestartedIn(last)) {
            image.keep(image.countsOf(member, reader));
        }
        member.setSample(last);
        unsaved.put(member, image);
    }

    /**
     * Whether there is a child of a fork that is not saved yet. The next daemon would take it for one that was forked when it
     * is found, and leave out what it has counted meanwhile.
     */
    boolean hasUnsavedChild() {
        store.lock();
        try {
            return hasUnsavedChild;
        } finally {
            store.unlock();
        }
    }

    /** Whether something is to be saved. */
    boolean isChanged() {
        store.lock();
        try {
            return !images.changed().isEmpty();
        } finally {
            store.unlock();
        }
    }

    /** The samples on which a baseline of these images depends are to be saved before it. Under the lock. */
    void saveSamples(Collection<ImageCounters> of) throws IOException {
        hasUnsavedChild = false;
        for (Map.Entry<SampledMember, ImageCounters> entry : List.copyOf(unsaved.entrySet())) {
            if (of.contains(entry.getValue())) {
                state.saveSample(saved.get(entry.getKey()), entry.getValue().countsOf(entry.getKey(), reader));
                unsaved.remove(entry.getKey());
            }
        }
    }

    /** The part of the state that says which processes there are. Under the lock. */
    List<SavedProcess> saved() {
        return List.copyOf(saved.values());
    }
}
