package org.pgofs.counters;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.pgofs.counters.CounterStoreStatus.ImageStatus;
import org.pgofs.counters.CounterStoreStatus.StateStatus;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.ImageCounters.Baseline;
import org.pgofs.counters.counts.Marks;
import org.pgofs.counters.counts.Member;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.counts.ValueList;
import org.pgofs.counters.counts.ValueRoom;
import org.pgofs.counters.guest.Guests;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.kernel.RunningKernel;
import org.pgofs.counters.limits.Bounds;
import org.pgofs.counters.limits.DroppedFile;
import org.pgofs.counters.limits.LeftOut;
import org.pgofs.counters.limits.ReadingTime;
import org.pgofs.counters.limits.Shortages;
import org.pgofs.counters.limits.Usage;
import org.pgofs.counters.limits.UserStatus;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.Liveness;
import org.pgofs.counters.process.ProcessWatcher;
import org.pgofs.counters.process.Processes;
import org.pgofs.counters.process.StockSources;
import org.pgofs.counters.segment.ImageCatalog;
import org.pgofs.counters.segment.MemberEpochs;
import org.pgofs.counters.segment.SegmentCatalog;
import org.pgofs.counters.segment.SegmentDirectory;
import org.pgofs.counters.segment.SegmentDiscovery;
import org.pgofs.counters.state.LastTakes;
import org.pgofs.counters.state.SavedState;
import org.pgofs.counters.state.StateDirectory;
import org.pgofs.counters.state.TakeNumbers.NumberedTake;
import org.pgofs.counters.written.FilesWatcher;
import org.pgofs.counters.written.WrittenFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The counters of all instrumented programs that publish in one directory.
 *
 * <ol>
 *   <li>Every count that a target made after its start is in the next {@link #freeze}, whether the target still runs,
 *       has ended or was killed, and whether or not a store was open when the target started or ended.
 *   <li>A freeze and a reset see all segments that were published before they were called.
 *   <li>A count made before a reset is in no later freeze. A count made after the reset returned is in all later
 *       freezes. A count made while the reset runs may be in them or not.
 *   <li>A reset that returned survives a crash of this process. A reset that threw has changed nothing.
 * </ol>
 *
 * Thread-safe: one lock guards everything.
 */
public final class CounterStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CounterStore.class);

    /** Each live segment is one open file; there are some others: libraries, open handles, state. */
    private static final long OTHER_FILES = 512;

    private final StoreLock lock = new StoreLock();
    private final MemberReader reader = new MemberReader();
    private final LeftOut leftOut = new LeftOut();
    private final Usage usage;
    private final ImageCatalog known;
    private final SegmentCatalog segments;
    private final SegmentDiscovery discovery;
    private final Guests guests;
    private final RunningKernel kernel;
    private final Processes processes;
    private final SampledSources sampled;
    private final ProcessWatcher processWatcher;
    private final WrittenFiles files;
    private final FilesWatcher filesWatcher;
    private final StateDirectory state;
    private final SavedState saved;
    private final Ledger ledger;
    private final Takes takes;
    private final SegmentWatcher watcher;
    private final Liveness liveness;
    private final Freezer freezer;
    private final FunctionNames names;
    private final ServedImages served;
    private final Machines machines;
    private final MachineKernel machineKernel;
    private final StockProcesses stockProcesses;

    /**
     * Opens the store of a directory: loads the state of an earlier store, and finds the segments in the directory.
     *
     * @param directory held by the caller, who closes it after the store
     * @param bounds of the memory and files that the store takes up
     * @return the store, whose threads run
     * @throws IOException if the state that an earlier store left cannot be read
     */
    public static CounterStore open(SegmentDirectory directory, Bounds bounds) throws IOException {
        return open(directory, bounds, StockSources.NONE);
    }

    /**
     * The same, which also reads processes that do not publish.
     *
     * @param directory held by the caller, to be closed after the store
     * @param bounds how much it takes up
     * @param stock which processes are read, and how
     * @return the store, at work
     * @throws IOException if the state that an earlier store left cannot be read
     */
    public static CounterStore open(SegmentDirectory directory, Bounds bounds, StockSources stock) throws IOException {
        return open(directory, bounds, stock, new ReadingTime());
    }

    /** The same, with an account of the time that users may take. */
    static CounterStore open(SegmentDirectory directory, Bounds bounds, ReadingTime readingTime) throws IOException {
        return open(directory, bounds, StockSources.NONE, readingTime);
    }

    private static CounterStore open(
            SegmentDirectory directory, Bounds bounds, StockSources stock, ReadingTime readingTime) throws IOException {
        Usage usage = new Usage(bounds.within(openFiles(bounds)), readingTime);
        CounterStore store = new CounterStore(directory, usage, stock);
        try {
            store.start();
            return store;
        } catch (IOException | RuntimeException | Error e) {
            store.release();
            throw e;
        }
    }

    private static long openFiles(Bounds bounds) throws IOException {
        long wanted = bounds.total().segments() + OTHER_FILES;
        long allowed = Linux.raiseOpenFiles(wanted);
        if (allowed < wanted) {
            LOG.warn(
                    "at most {} live segments: this process may have only {} open files",
                    allowed - OTHER_FILES,
                    allowed);
        }
        return allowed - OTHER_FILES;
    }

    private CounterStore(SegmentDirectory directory, Usage usage, StockSources stock) throws IOException {
        liveness = Liveness.find(directory.state());
        LOG.info("the ends of programs are noticed by: {}", liveness.text());
        this.usage = usage;
        freezer = new Freezer(lock, reader, this::valueRoom, this::hasFewCounters);
        names = new FunctionNames(lock, usage.readingTime());
        known = new ImageCatalog(directory, usage, this::isHeld);
        MemberEpochs epochs = new MemberEpochs(reader, known, leftOut);
        segments = new SegmentCatalog(directory, reader, usage, leftOut, known, epochs);
        discovery = new SegmentDiscovery(directory, segments, usage, leftOut, System::nanoTime);
        state = new StateDirectory(directory.state(), directory.changes(), directory::restoreState);
        LastTakes lastTakes = new LastTakes();
        saved = state.load(lastTakes);
        known.restore(saved);
        epochs.restore(saved.epochs());
        segments.restore(saved);
        guests = new Guests(known, reader, state);
        kernel = new RunningKernel(known, epochs, reader, state);
        processes = new Processes(lock, known, usage, reader, state, stock, savingOfProcesses(), this::takeWritten);
        files = new WrittenFiles(
                lock,
                directory,
                discovery.profiles(),
                leftOut.dropped(),
                known,
                usage,
                reader,
                state,
                processes,
                stock.programs(),
                this::save);
        filesWatcher = new FilesWatcher(files, usage.shortages());
        discovery.profiles().onFound(filesWatcher::wake);
        sampled = new SampledSources(guests, processes, kernel, files);
        ledger = new Ledger(known, segments, epochs, state, lastTakes, sampled);
        takes = new Takes(reader, ledger, lastTakes);
        served = new ServedImages(known, guests, takes);
        watcher = new SegmentWatcher(lock, directory.path(), segments, discovery, sampled, ledger, usage.shortages());
        machines = new Machines(lock, known, guests, ledger, watcher);
        machineKernel = new MachineKernel(lock, kernel, ledger, watcher);
        stockProcesses = new StockProcesses(lock, usage, processes, new WrittenProfiles(known, reader, ledger), ledger);
        processWatcher = new ProcessWatcher(processes, usage.shortages());
    }

    private void start() throws IOException {
        lock.lock();
        try {
            discovery.scan();
            sampled.restore();
            startFromZero(saved.lost().keySet());
            ledger.saveOrRetry();
        } finally {
            lock.unlock();
        }
        lookAround();
        watcher.start();
        processWatcher.start();
        filesWatcher.start();
    }

    /** Takes in what ended processes wrote, and what running ones have counted: without the lock. */
    private void lookAround() throws IOException {
        files.look();
        processes.look();
    }

    /** The same before counts are given up. */
    private void lookBeforeChange() throws IOException {
        files.look();
        processes.lookBeforeChange();
    }

    private void takeWritten(int pid) {
        files.take(pid);
    }

    private void save() throws IOException {
        ledger.save();
    }

    private Processes.Saving savingOfProcesses() {
        return new Processes.Saving() {
            @Override
            public void now() {
                try {
                    lock.run(ledger::saveOrRetry);
                } catch (IOException e) {
                    LOG.debug("not saved", e); // the store is closed
                }
            }

            @Override
            public void later() {
                try {
                    watcher.wake();
                } catch (IOException e) {
                    LOG.warn("cannot wake the watcher: {}", e.toString());
                }
            }
        };
    }

    /** Resets images whose saved counts are lost; if the reset cannot be saved, at least in memory. */
    private void startFromZero(Collection<String> digests) throws IOException {
        List<ImageCounters> images =
                digests.stream().map(known::image).filter(Objects::nonNull).toList();
        if (!images.isEmpty()) {
            reset(images);
        }
    }

    /** Whether an image must be kept even if it has neither processes nor counts. */
    private boolean isHeld(ImageCounters image) {
        return guests.hold(image) || takes.hold(image);
    }

    /**
     * The images that have a process or counts. After a reset these are the images with a process: older builds of a
     * program are gone. An image that was taken alone, with its name as scope, stays for {@link #lastTake}.
     *
     * @return the images, sorted by name; a list of the caller's own
     * @throws IOException if the directory cannot be read
     */
    public List<Image> images() throws IOException {
        lookAround();
        return lock.ask(() -> {
            watcher.catchUp();
            return served.list();
        });
    }

    /**
     * The image of a name. New files are read only if no known image has this name.
     *
     * @param name one of those of {@link #images()}
     * @return the image, if there is one
     * @throws IOException if the directory cannot be read
     */
    public Optional<Image> image(String name) throws IOException {
        return lock.ask(() -> {
            if (served.named(name).isEmpty()) {
                watcher.catchUp();
            }
            return served.named(name).map(ImageCounters::image);
        });
    }

    private List<ImageCounters> select(Selection selection, ServedImages.Forgotten forgotten) throws IOException {
        lock.requireOpen();
        watcher.catchUp();
        Set<ImageCounters> selected = served.select(selection, forgotten);
        sampled.look(selected);
        return List.copyOf(selected);
    }

    /** For one request. */
    private ValueRoom valueRoom() {
        return new ValueRoom(usage.memoryLeft(), usage::memoryLeft, (image, user) -> leftOut.dropped()
                .add(image.name(), user, "observed more values than there is room for"));
    }

    private boolean hasFewCounters() {
        long bytes = 0;
        for (ImageCounters image : known.images()) {
            bytes += image.image().countersSize();
            if (bytes > Freeze.AT_ONCE) {
                return false;
            }
        }
        return true;
    }

    private static void refuseForgotten(Image image) throws IOException {
        throw new IOException(image.name() + " was forgotten: it had no counts, and its room was needed");
    }

    /**
     * Reads the counts of some images, all at one moment.
     *
     * @param selection which images
     * @return one snapshot for each, in the same order; a list of the caller's own
     * @throws IOException if counters cannot be read
     */
    public List<Snapshot> freeze(Selection selection) throws IOException {
        Freeze freeze = startFreeze(selection);
        freeze.await();
        return freeze.snapshots();
    }

    /**
     * Starts to read the counts of some images, all at one moment. No reset, take or end of a process is applied until
     * the freeze is done. A freeze of few counters is done when this method returns.
     *
     * @param selection which images
     * @return the freeze; to be closed
     * @throws IOException if counters cannot be read
     */
    public Freeze startFreeze(Selection selection) throws IOException {
        lookAround();
        return freezer.start(() -> select(selection, CounterStore::refuseForgotten));
    }

    /**
     * The same without the observed values, which take longer to read than the counters of many images.
     *
     * @param selection which images
     * @return the freeze, whose snapshots have no values; to be closed
     * @throws IOException if counters cannot be read
     */
    public Freeze startFreezeOfCounters(Selection selection) throws IOException {
        lookAround();
        return freezer.startOfCounters(() -> select(selection, CounterStore::refuseForgotten));
    }

    /**
     * How many processes run.
     *
     * @param images of this store
     * @return for each image that is still there how many count for it now
     */
    public Map<Image, Integer> running(Collection<Image> images) {
        lock.lock();
        try {
            Map<Image, Integer> running = new HashMap<>();
            for (Image image : images) {
                served.find(image)
                        .ifPresent(counters ->
                                running.put(image, counters.livePids().size()));
            }
            return running;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads only the observed values of some images.
     *
     * @param selection which images
     * @return the values of each
     * @throws IOException if they cannot be read
     */
    public Map<Image, ValueCounts> values(Selection selection) throws IOException {
        lookAround();
        return lock.ask(() -> {
            Map<Image, ValueCounts> values = new HashMap<>();
            ValueRoom room = valueRoom();
            for (ImageCounters image : select(selection, CounterStore::refuseForgotten)) {
                values.put(image.image(), image.freezeValues(reader, room));
            }
            return values;
        });
    }

    /**
     * Sets the counts of some images to 0, all in one step. The only memory of targets that it clears are marks: byte
     * counters, bitmaps and times of first calls.
     *
     * @param selection which images
     * @throws IOException if the reset could not be made durable: nothing has changed then
     */
    public void reset(Selection selection) throws IOException {
        lookBeforeChange();
        lock.run(() -> resetSelected(selection));
    }

    /**
     * Sets the counts of all images to 0, as {@link #reset}, and the numbers of refusals too.
     *
     * @throws IOException if the reset could not be made durable: nothing has changed then
     */
    public void resetAll() throws IOException {
        lookBeforeChange();
        lock.run(() -> {
            resetSelected(images -> images);
            discovery.clearRefused();
        });
    }

    private void resetSelected(Selection selection) throws IOException {
        List<ImageCounters> selected = select(selection, image -> {}); // has no counts
        sampled.prepareReset();
        reset(selected);
    }

    private void reset(Collection<ImageCounters> images) throws IOException {
        Instant now = Instant.now();
        Map<ImageCounters, Baseline> baselines = new LinkedHashMap<>();
        Map<Member, ValueList> moves = new LinkedHashMap<>();
        ValueRoom room = valueRoom();
        for (ImageCounters image : images) {
            moves.putAll(image.liveValues(reader, room));
            Counts carry = image.negatedLive(reader);
            baselines.put(
                    image,
                    new Baseline(
                            carry,
                            Marks.none(image.image()),
                            0,
                            image.resets() + 1,
                            image.times().resetAt(now)));
        }
        ledger.reset(baselines, moves);
    }

    /**
     * Reads the counts of some images, all at one moment. {@link Take#commit} subtracts them from the images.
     *
     * @param scope a word without white space, with which {@link #lastTake} finds the counts again
     * @param selection which images
     * @return the take; to be closed
     * @throws TakeInProgressException if another take is not closed yet
     * @throws IOException if counters cannot be read
     */
    public Take take(String scope, Selection selection) throws IOException {
        lookBeforeChange();
        return lock.ask(() -> {
            if (takes.isInProgress()) {
                throw new TakeInProgressException();
            }
            return takes.begin(this, scope, select(selection, CounterStore::refuseForgotten), valueRoom());
        });
    }

    /**
     * Whether a take is in progress.
     *
     * @return whether {@link #take} would fail now
     */
    public boolean isTakeInProgress() {
        lock.lock();
        try {
            return takes.isInProgress();
        } finally {
            lock.unlock();
        }
    }

    void commit(Take take, Optional<String> keeper) throws IOException {
        lock.run(() -> takes.commit(take, keeper));
    }

    void forget(Take take) {
        lock.lock();
        try {
            takes.forget(take);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The counts of the last take that was committed.
     *
     * @param scope as given to {@link #take}
     * @return the counts, empty if there was no take
     */
    public List<Snapshot> lastTake(String scope) {
        lock.lock();
        try {
            return takes.last(scope);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The number of that take.
     *
     * @param scope as given to {@link #take}
     * @return from 1; none if there was no take, or an older pgofs saved it
     */
    public Optional<NumberedTake> lastTakeNumber(String scope) {
        lock.lock();
        try {
            return takes.numbers().of(scope);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The contents of the store.
     *
     * @return the status, of one moment
     * @throws IOException if counters cannot be read
     */
    public CounterStoreStatus status() throws IOException {
        lookAround();
        List<ImageCheck> checked = new ArrayList<>();
        CounterStoreStatus status = lock.ask(() -> {
            watcher.catchUp();
            guests.look();
            for (ImageCounters image : served.all()) {
                checked.add(check(image));
            }
            return statusWithoutImages();
        });
        return status.with(checked.stream()
                .map(image -> image.status(names))
                .sorted(Comparator.comparing(image -> image.image().name()))
                .toList());
    }

    private CounterStoreStatus statusWithoutImages() throws IOException {
        return new CounterStoreStatus(
                liveness,
                List.of(),
                leftOut.dropped().list(),
                leftOut.dropped().more(),
                discovery.refused(),
                guests.status(),
                kernel.status(),
                processes.status(),
                files.status(),
                watcher.backlog(),
                segments.unidentified(),
                leftOut.waiting().list(),
                usage.list(),
                takes.numbers(),
                stateStatus(),
                freezer.status());
    }

    /**
     * How much there is, in numbers that cost nothing to find out.
     *
     * @param images with a process or counts
     * @param segments of running programs
     * @param failedSave why counts cannot be saved now, if so
     */
    public record Extent(int images, long segments, Optional<CounterStoreStatus.FailedSave> failedSave) {}

    /**
     * How much there is now.
     *
     * @return of one moment
     * @throws IOException if the store is closed
     */
    public Extent extent() throws IOException {
        return lock.ask(() -> new Extent(
                served.list().size(),
                usage.list().stream().mapToLong(UserStatus::segments).sum(),
                ledger.failedSave()));
    }

    /**
     * Returns memory to the kernel that is kept to make the next freeze quicker.
     *
     * @throws IOException if the store is closed
     */
    public void releaseSpareMemory() throws IOException {
        lock.ask(() -> List.copyOf(known.images())).forEach(ImageCounters::releaseSpareMemory);
    }

    /**
     * The status of one image.
     *
     * @param image one of {@link #images()}
     * @return the status, of one moment; empty if the image no longer exists
     * @throws IOException if counters cannot be read
     */
    public Optional<ImageStatus> status(Image image) throws IOException {
        lookAround();
        Optional<ImageCheck> checked = lock.ask(() -> {
            watcher.catchUp();
            Optional<ImageCounters> counters = served.find(image);
            if (counters.isEmpty()) {
                return Optional.empty();
            }
            guests.look(Set.of(counters.get()));
            return Optional.of(check(counters.get()));
        });
        return checked.map(check -> check.status(names));
    }

    private ImageCheck check(ImageCounters image) throws IOException {
        return ImageCheck.of(
                image, known.user(image), takes.numbers().of(image.image().name()), reader, valueRoom());
    }

    private StateStatus stateStatus() throws IOException {
        List<DroppedFile> setAside = new ArrayList<>();
        saved.setAside().forEach((file, meaning) -> setAside.add(new DroppedFile(file, meaning)));
        return new StateStatus(
                state.starts(),
                setAside,
                ledger.lastSave(),
                ledger.failedSave(),
                segments.deleted(),
                segments.truncated());
    }

    /**
     * The requests that failed for lack of memory. Callers of this store note here the memory errors that it throws,
     * and those of their own.
     *
     * @return always the same
     */
    public Shortages shortages() {
        return usage.shortages();
    }

    /**
     * The virtual machines that are attached.
     *
     * @return always the same
     */
    public Machines machines() {
        return machines;
    }

    /**
     * The kernel that this machine runs.
     *
     * @return always the same
     */
    public MachineKernel kernel() {
        return machineKernel;
    }

    /**
     * The processes with the compiler's own runtime.
     *
     * @return always the same
     */
    public StockProcesses processes() {
        return stockProcesses;
    }

    /** Saves all unsaved counts and releases the directory. Programs keep counting. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (!lock.close()) {
                return;
            }
            watcher.end();
        } finally {
            lock.unlock();
        }
        try {
            saveTheRest();
        } finally {
            release();
        }
    }

    private void saveTheRest() throws IOException {
        lookBeforeChange();
        lock.lock();
        try {
            sampled.look(known.images());
            sampled.saveSamples(known.images());
            if (!known.changed().isEmpty() || !sampled.saved().isEmpty()) {
                ledger.save();
            }
        } finally {
            lock.unlock();
        }
    }

    private void release() {
        freezer.end();
        machineKernel.end();
        try {
            processWatcher.end();
            filesWatcher.end();
            watcher.awaitEnd();
            freezer.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        segments.close();
        sampled.close();
    }
}
