package org.pgofs.counters;

import java.io.IOException;
import java.nio.file.Path;
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
import java.util.concurrent.locks.ReentrantLock;
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
import org.pgofs.counters.guest.GuestMemory;
import org.pgofs.counters.guest.Guests;
import org.pgofs.counters.guest.KernelMemory;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.kernel.DeadKernel;
import org.pgofs.counters.kernel.KernelWatch;
import org.pgofs.counters.kernel.RunningKernel;
import org.pgofs.counters.limits.Bounds;
import org.pgofs.counters.limits.DroppedFile;
import org.pgofs.counters.limits.LeftOut;
import org.pgofs.counters.limits.ReadingTime;
import org.pgofs.counters.limits.Shortages;
import org.pgofs.counters.limits.Usage;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.Liveness;
import org.pgofs.counters.process.ProcessWatcher;
import org.pgofs.counters.process.Processes;
import org.pgofs.counters.process.StockSources;
import org.pgofs.counters.process.WrittenProfile;
import org.pgofs.counters.segment.ImageCatalog;
import org.pgofs.counters.segment.MemberEpochs;
import org.pgofs.counters.segment.SegmentCatalog;
import org.pgofs.counters.segment.SegmentDirectory;
import org.pgofs.counters.segment.SegmentDiscovery;
import org.pgofs.counters.state.LastTakes;
import org.pgofs.counters.state.SavedState;
import org.pgofs.counters.state.StateDirectory;
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

    // Fair: an endless stream of events must not keep a reader waiting for more than one turn.
    private final ReentrantLock lock = new ReentrantLock(true);
    private final MemberReader reader = new MemberReader();
    private final LeftOut leftOut = new LeftOut();
    private final Usage usage;
    private final ImageCatalog known;
    private final SegmentCatalog segments;
    private final SegmentDiscovery discovery;
    private final Guests guests;
    private final RunningKernel kernel;
    private final KernelThread kernelThread;
    private final Processes processes;
    private final ProcessWatcher processWatcher;
    private final StateDirectory state;
    private final SavedState saved;
    private final Ledger ledger;
    private final Attachments attachments;
    private final WrittenProfiles written;
    private final Takes takes;
    private final SegmentWatcher watcher;
    private final Liveness liveness;
    private final Freezer freezer;
    private final FunctionNames names;
    private final ServedImages served;
    private boolean closed;

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
        freezer = new Freezer(lock, reader, this::valueRoom);
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
        processes = new Processes(lock, known, usage, reader, state, stock, this::wakeWatcher);
        ledger = new Ledger(known, segments, epochs, state, lastTakes, guests, kernel, processes);
        attachments = new Attachments(known, guests, ledger);
        written = new WrittenProfiles(known, reader, ledger);
        takes = new Takes(reader, ledger, lastTakes);
        served = new ServedImages(known, guests, kernel, takes);
        watcher = new SegmentWatcher(
                lock, directory.path(), segments, discovery, guests, kernel, ledger, usage.shortages());
        kernelThread = new KernelThread(lock, kernel, watcher);
        processWatcher = new ProcessWatcher(processes, usage.shortages());
    }

    private void start() throws IOException {
        lock.lock();
        try {
            discovery.scan();
            guests.restore();
            kernel.restore();
            processes.restore();
            startFromZero(saved.lost().keySet());
            ledger.saveOrRetry();
        } finally {
            lock.unlock();
        }
        processes.look();
        watcher.start();
        processWatcher.start();
    }

    /** What processes left that have ended is to be saved. */
    private void wakeWatcher() {
        try {
            watcher.wake();
        } catch (IOException e) {
            LOG.warn("cannot wake the watcher: {}", e.toString());
        }
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
        return guests.hold(image) || kernel.hold(image) || takes.hold(image);
    }

    /**
     * The images that have a process or counts. After a reset these are the images with a process: older builds of a
     * program are gone. An image that was taken alone, with its name as scope, stays for {@link #lastTake}.
     *
     * @return the images, sorted by name; a list of the caller's own
     * @throws IOException if the directory cannot be read
     */
    public List<Image> images() throws IOException {
        processes.look();
        lock.lock();
        try {
            requireOpen();
            watcher.catchUp();
            return served.list();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The image of a name. New files are read only if no known image has this name.
     *
     * @param name one of those of {@link #images()}
     * @return the image, if there is one
     * @throws IOException if the directory cannot be read
     */
    public Optional<Image> image(String name) throws IOException {
        lock.lock();
        try {
            requireOpen();
            if (served.named(name).isEmpty()) {
                watcher.catchUp();
            }
            return served.named(name).map(ImageCounters::image);
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock, before any other step: another daemon may have the directory by now. */
    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the store is closed");
        }
    }

    private List<ImageCounters> select(Selection selection, ServedImages.Forgotten forgotten) throws IOException {
        requireOpen();
        watcher.catchUp();
        Set<ImageCounters> selected = served.select(selection, forgotten);
        guests.look(selected);
        kernel.look(selected);
        return List.copyOf(selected);
    }

    /** For one request. */
    private ValueRoom valueRoom() {
        return new ValueRoom(usage.memoryLeft(), usage::memoryLeft, (image, user) -> leftOut.dropped()
                .add(image.name(), user, "observed more values than there is room for"));
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
        processes.look();
        return freezer.start(() -> select(selection, CounterStore::refuseForgotten));
    }

    /**
     * Reads only the observed values of some images.
     *
     * @param selection which images
     * @return the values of each
     * @throws IOException if they cannot be read
     */
    public Map<Image, ValueCounts> values(Selection selection) throws IOException {
        processes.look();
        lock.lock();
        try {
            Map<Image, ValueCounts> values = new HashMap<>();
            ValueRoom room = valueRoom();
            for (ImageCounters image : select(selection, CounterStore::refuseForgotten)) {
                values.put(image.image(), image.freezeValues(reader, room));
            }
            return values;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets the counts of some images to 0, all in one step. The only memory of targets that it clears are marks: byte
     * counters, bitmaps and times of first calls.
     *
     * @param selection which images
     * @throws IOException if the reset could not be made durable: nothing has changed then
     */
    public void reset(Selection selection) throws IOException {
        processes.look();
        lock.lock();
        try {
            resetSelected(selection);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets the counts of all images to 0, as {@link #reset}, and the numbers of refusals too.
     *
     * @throws IOException if the reset could not be made durable: nothing has changed then
     */
    public void resetAll() throws IOException {
        processes.look();
        lock.lock();
        try {
            resetSelected(images -> images);
            discovery.clearRefused();
        } finally {
            lock.unlock();
        }
    }

    private void resetSelected(Selection selection) throws IOException {
        List<ImageCounters> selected = select(selection, image -> {}); // has no counts
        guests.acceptUnconfirmed();
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
        processes.look();
        lock.lock();
        try {
            if (takes.isInProgress()) {
                throw new TakeInProgressException();
            }
            return takes.begin(this, scope, select(selection, CounterStore::refuseForgotten), valueRoom());
        } finally {
            lock.unlock();
        }
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

    void commit(Take take) throws IOException {
        lock.lock();
        try {
            requireOpen();
            takes.commit(take);
        } finally {
            lock.unlock();
        }
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
     * The contents of the store.
     *
     * @return the status, of one moment
     * @throws IOException if counters cannot be read
     */
    public CounterStoreStatus status() throws IOException {
        List<ImageCheck> checked = new ArrayList<>();
        CounterStoreStatus status;
        processes.look();
        lock.lock();
        try {
            requireOpen();
            watcher.catchUp();
            guests.look();
            for (ImageCounters image : served.all()) {
                checked.add(check(image));
            }
            status = new CounterStoreStatus(
                    liveness,
                    List.of(),
                    leftOut.dropped().list(),
                    leftOut.dropped().more(),
                    discovery.refused(),
                    guests.status(),
                    kernel.status(),
                    processes.status(processWatcher.intervalMs()),
                    watcher.backlog(),
                    segments.unidentified(),
                    leftOut.waiting().list(),
                    usage.list(),
                    stateStatus(),
                    freezer.status());
        } finally {
            lock.unlock();
        }
        return status.with(checked.stream()
                .map(image -> image.status(names))
                .sorted(Comparator.comparing(image -> image.image().name()))
                .toList());
    }

    /**
     * The status of one image.
     *
     * @param image one of {@link #images()}
     * @return the status, of one moment; empty if the image no longer exists
     * @throws IOException if counters cannot be read
     */
    public Optional<ImageStatus> status(Image image) throws IOException {
        ImageCheck checked;
        processes.look();
        lock.lock();
        try {
            requireOpen();
            watcher.catchUp();
            Optional<ImageCounters> counters = served.find(image);
            if (counters.isEmpty()) {
                return Optional.empty();
            }
            guests.look(Set.of(counters.get()));
            checked = check(counters.get());
        } finally {
            lock.unlock();
        }
        return Optional.of(checked.status(names));
    }

    private ImageCheck check(ImageCounters image) throws IOException {
        return ImageCheck.of(image, known.user(image), reader, valueRoom());
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
     * Adds a virtual machine: its kernel becomes an image, or a member of an existing one. The machine stays attached,
     * also over restarts of this process, until no process uses its memory any more or until it is detached.
     *
     * @param name of the machine, a word that no other machine has
     * @param memory the file that the machine has mapped as its memory; never written to
     * @param kernel that the machine runs
     * @throws IOException if it cannot be attached; the message is one line that says why. Nothing has changed then.
     */
    public void attach(String name, Path memory, GuestImage kernel) throws IOException {
        StoredImage image;
        lock.lock();
        try {
            requireOpen();
            image = attachments.check(name, kernel);
        } finally {
            lock.unlock();
        }
        GuestMemory opened = GuestMemory.open(memory, image, kernel.layout());
        try {
            // Without the lock: the whole memory may be read.
            opened.requireKernel(kernel);
            attach(name, opened, kernel);
        } catch (IOException | RuntimeException | Error e) {
            opened.close();
            throw e;
        }
        LOG.info("attached {} with {}", name, memory);
    }

    private void attach(String name, KernelMemory memory, GuestImage kernel) throws IOException {
        lock.lock();
        try {
            requireOpen();
            watcher.wake(); // to take samples once a second from now on; it waits for the lock
            attachments.attach(name, memory, kernel);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Detaches a virtual machine. Its counts until now stay in its image.
     *
     * @param name as given to {@link #attach}
     * @throws IOException if no machine has this name; or if the change cannot be saved now. In this case the machine
     *     is detached and the change is saved later; if this process dies before that, the next one attaches the
     *     machine again
     */
    public void detach(String name) throws IOException {
        lock.lock();
        try {
            requireOpen();
            attachments.detach(name);
        } finally {
            lock.unlock();
        }
        LOG.info("detached {}", name);
    }

    /**
     * Adds the kernel that this machine runs, and its modules: each becomes an image, or belongs to one that is there.
     * They stay over restarts of this process, each of which attaches them again.
     *
     * @param watch of the kernel; closed with the store, or if this fails
     * @throws IOException if it cannot be attached; the message is one line that says why
     */
    public void attachKernel(KernelWatch watch) throws IOException {
        lock.lock();
        try {
            requireOpen();
            if (kernel.isAttached()) {
                throw new IOException("the running kernel is attached already");
            }
            kernel.attach(watch);
            ledger.saveOrRetry();
        } catch (IOException | RuntimeException | Error e) {
            watch.close();
            throw e;
        } finally {
            lock.unlock();
        }
        kernelThread.start(watch);
    }

    /**
     * Adds what a kernel counted that no longer runs, once for each call.
     *
     * @param dead what was read of it
     * @return the name of its image
     * @throws IOException if it cannot be added, or the change cannot be saved now
     */
    public String addDeadKernel(DeadKernel dead) throws IOException {
        lock.lock();
        try {
            requireOpen();
            String image = kernel.add(dead);
            ledger.save();
            return image;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Says why the running kernel is not there though it could be.
     *
     * @param problem one line, for the status; what an earlier process has of it stays as it was seen last
     * @throws IOException if that cannot be read
     */
    public void cannotAttachKernel(String problem) throws IOException {
        lock.lock();
        try {
            requireOpen();
            kernel.cannotAttach(problem);
            ledger.saveOrRetry();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Leaves the running kernel out. What an earlier process has of it stays as it was seen last.
     *
     * @throws IOException if that cannot be read
     */
    public void leaveKernelOut() throws IOException {
        lock.lock();
        try {
            requireOpen();
            kernel.leaveOut();
            ledger.saveOrRetry();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets go of the running kernel and its modules. What they counted until now stays in the counts of their images;
     * attached again, they count from then on.
     *
     * @throws IOException if it is not attached, or cannot be read, or the change cannot be saved now
     */
    public void detachKernel() throws IOException {
        kernelThread.end();
        lock.lock();
        try {
            requireOpen();
            kernel.detach();
            ledger.save();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads a process through its memory from now on, with its libraries and the children that it forks; over restarts of
     * this process.
     *
     * @param pid its number
     * @throws IOException if there is nothing to read in it; the message is one line that says why
     */
    public void attach(int pid) throws IOException {
        processes.attach(pid);
        lock.lock();
        try {
            requireOpen();
            ledger.save();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds what a process with the compiler's own runtime wrote: it counts as one that has ended.
     *
     * @param name for images that are not known yet: a path, whose last part they are called by
     * @param owner whose process it was
     * @param profiles of its images, in the order in which they were written; of several of one image the last counts
     * @return the names of the images
     * @throws IOException if it cannot be added; the message says why, without a name. Nothing has changed then.
     */
    public List<String> add(String name, int owner, List<WrittenProfile> profiles) throws IOException {
        lock.lock();
        try {
            requireOpen();
            if (!usage.counts(owner)) {
                throw new IOException(
                        "is a file of user " + Integer.toUnsignedString(owner) + ", who is excluded by -o users=");
            }
            return written.add(name, owner, profiles);
        } finally {
            lock.unlock();
        }
    }

    /** Saves all unsaved counts and releases the directory. Programs keep counting. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
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
        processes.look();
        lock.lock();
        try {
            guests.look();
            kernel.look(known.images());
            processes.saveSamples(known.images());
            if (!known.changed().isEmpty() || !guests.isEmpty() || kernel.isAttached()) {
                ledger.save();
            }
        } finally {
            lock.unlock();
        }
    }

    private void release() {
        freezer.end();
        kernelThread.end();
        try {
            processWatcher.end();
            watcher.awaitEnd();
            freezer.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        segments.close();
        guests.close();
        processes.close();
        kernel.close();
    }
}
