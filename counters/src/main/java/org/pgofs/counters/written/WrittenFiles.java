package org.pgofs.counters.written;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.counts.SampledMember;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.limits.DroppedFiles;
import org.pgofs.counters.limits.Usage;
import org.pgofs.counters.linux.FileChanges;
import org.pgofs.counters.linux.ForeignDirectory;
import org.pgofs.counters.linux.ForeignDirectory.NotRegularException;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.OverBoundException;
import org.pgofs.counters.process.Processes;
import org.pgofs.counters.process.StockPrograms;
import org.pgofs.counters.process.Writers;
import org.pgofs.counters.segment.ImageCatalog;
import org.pgofs.counters.segment.ProfileDirectories;
import org.pgofs.counters.segment.SegmentDirectory;
import org.pgofs.counters.state.SampledSource;
import org.pgofs.counters.state.SavedProfile;
import org.pgofs.counters.state.StateDirectory;
import org.pgofs.counters.written.ProfileShares.Amount;
import org.pgofs.counters.written.ProfileTmpfs.Room;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that programs with the compiler's own runtime write when they end, into directories of their users.
 *
 * <ol>
 *   <li>A file is taken in when the process of its name has ended and nobody has the file open for writing: the runtime
 *       makes an empty one at its start, and may write several times.
 *   <li>It counts, and that is saved, before it is deleted. The state remembers it until then: whenever this process
 *       dies, it counts once.
 *   <li>Of a process that is read through its memory, the file replaces what was read last.
 *   <li>What cannot count is deleted too, and the status says why. What no program makes is left.
 * </ol>
 *
 * Looks are made by one thread at a time, which holds the store's lock only to put down what it has read.
 */
public final class WrittenFiles implements SampledSource {
    private static final Logger LOG = LoggerFactory.getLogger(WrittenFiles.class);

    /** As {@code pgofs config --profile-file} prints it, perhaps with a name before it. */
    private static final Pattern NAME = Pattern.compile("(?:([0-9A-Za-z._+-]{1,64})[.])?([1-9][0-9]{0,8})[.]profraw");

    private static final int MOST_NAMES = 10_000;
    private static final int MOST_REASONS = 20;
    private static final int MOST_PROGRAMS = 4096;
    private static final int ALL = -1;
    private static final Amount NOTHING = new Amount(0, 0);
    private static final long EXPIRY_NS = TimeUnit.DAYS.toNanos(1);

    /** How long a child may outlive a process that was read, and write into its file. */
    private static final long ORPHANS_NS = TimeUnit.MINUTES.toNanos(10);

    private final ReentrantLock looking = new ReentrantLock(true);
    private final Lock store;
    private final Path segments;
    private final FileChanges changes;
    private final ProfileDirectories directories;
    private final DroppedFiles dropped;
    private final ImageCatalog images;
    private final Usage usage;
    private final MemberReader reader;
    private final StateDirectory state;
    private final Processes processes;
    private final StockPrograms formats;
    private final Saving saving;
    private volatile boolean found;

    // Guarded by the lock of looks.
    private final ProfileShares shares;
    private final Map<String, String> programs = new LinkedHashMap<>();

    // Guarded by the store's lock. Files that count and are not deleted yet, by their path.
    private final Map<String, SavedProfile> taken = new LinkedHashMap<>();
    private final Map<String, Long> refused = new TreeMap<>();
    private final Map<String, Long> waiting = new TreeMap<>();
    private final Map<Writer, Long> ended = new LinkedHashMap<>();
    private boolean unsaved;
    private long takenIn;

    private record Writer(int user, int pid) {}

    /** Saves all counts. */
    public interface Saving {
        /** Under the store's lock. */
        void save() throws IOException;
    }

    /**
     * Looks at none yet.
     *
     * @param store its lock, which the caller of a method does not hold unless it says so
     */
    public WrittenFiles(
            Lock store,
            SegmentDirectory segments,
            ProfileDirectories directories,
            DroppedFiles dropped,
            ImageCatalog images,
            Usage usage,
            MemberReader reader,
            StateDirectory state,
            Processes processes,
            StockPrograms formats,
            Saving saving)
            throws IOException {
        this.store = store;
        this.segments = segments.path();
        this.changes = segments.changes();
        this.directories = directories;
        this.dropped = dropped;
        this.images = images;
        this.usage = usage;
        this.reader = reader;
        this.state = state;
        this.processes = processes;
        this.formats = formats;
        this.saving = saving;
        shares = new ProfileShares();
    }

    @Override
    public void restore() {
        state.manifest().sampled(SavedProfile.class).forEach(profile -> taken.put(profile.name(), profile));
    }

    /** There is a directory. */
    public void found() {
        found = true;
    }

    /** Whether there is any directory. */
    public boolean isIdle() {
        return !found;
    }

    /** Takes in what programs wrote that ended before this was called. */
    public void look() {
        look(ALL);
    }

    /** Takes in what a process wrote that has ended. */
    public void take(int pid) {
        look(pid);
    }

    private void look(int pid) {
        if (!found) {
            return;
        }
        looking.lock();
        try (ForeignDirectory parent = ForeignDirectory.open(segments)) {
            List<String> names;
            store.lock();
            try {
                names = directories.names();
                found = !names.isEmpty();
                if (pid == ALL) {
                    waiting.clear();
                }
            } finally {
                store.unlock();
            }
            shares.retain(names);
            names.forEach(name -> open(parent, name, pid));
        } catch (IOException e) {
            LOG.warn("cannot look for profiles: {}", e.toString());
        } finally {
            looking.unlock();
        }
    }

    private void open(ForeignDirectory parent, String name, int pid) {
        try (ForeignDirectory directory = ForeignDirectory.open(segments.resolve(name))) {
            int owner = directory.status().uid();
            if (directory.status().writtenByOthers()) {
                leave(name, owner, "may be written to by others than its owner");
            } else if (directory.isOnMountOf(parent) && directory.names(1).isEmpty()) {
                ProfileTmpfs.mount(directory, shares.of(name, owner, NOTHING));
            } else {
                long begun = begin(owner);
                try {
                    visit(directory, name, pid);
                } finally {
                    end(owner, begun);
                }
                if (pid == ALL && !directory.isOnMountOf(parent)) {
                    share(directory, name);
                    expire(directory, name);
                }
            }
        } catch (NoSuchFileException e) {
            locked(() -> directories.forget(name));
        } catch (OverBoundException e) {
            count(waiting, e.getMessage());
        } catch (IOException e) {
            leave(name, DroppedFiles.NOBODY, e.getMessage());
        }
    }

    /** What is left of its user's room is for the directory and for the others of its user. */
    private void share(ForeignDirectory directory, String name) throws IOException {
        Room room = Room.of(directory);
        Amount share = shares.of(name, directory.status().uid(), room.used());
        if (room.isFarFrom(share)) {
            try {
                ProfileTmpfs.resize(directory, share);
            } catch (IOException e) {
                LOG.debug("{} holds more meanwhile", name, e);
            }
        }
    }

    private long begin(int user) throws OverBoundException {
        store.lock();
        try {
            return usage.readingTime().begin(user);
        } finally {
            store.unlock();
        }
    }

    private void end(int user, long begun) {
        locked(() -> usage.readingTime().end(user, begun));
    }

    private void visit(ForeignDirectory directory, String name, int pid) throws IOException {
        List<String> files = directory.names(MOST_NAMES);
        for (String file : files) {
            Matcher matcher = NAME.matcher(file);
            if (matcher.matches()) {
                int writer = Integer.parseInt(matcher.group(2));
                if (pid == ALL || pid == writer) {
                    visit(directory, new Place(name, file, writer, Optional.ofNullable(matcher.group(1))));
                }
            } else {
                leave(
                        name,
                        directory.status().uid(),
                        "has " + file
                                + ", which is not named after one process (NAME.%p.profraw or %p.profraw): with %m processes change each"
                                + " other's files, and with %c they count in them. Name LLVM_PROFILE_FILE as"
                                + " pgofs config --profile-file prints it");
            }
        }
        finish(directory, name);
    }

    /** Where a file is, and what its name says. */
    private record Place(String directory, String file, int pid, Optional<String> program) {
        String path() {
            return directory + "/" + file;
        }
    }

    private void visit(ForeignDirectory directory, Place place) {
        int owner = directory.status().uid();
        int fd;
        try {
            fd = directory.openRegular(place.file);
        } catch (NotRegularException e) {
            leave(place.path(), owner, e.getMessage());
            return;
        } catch (IOException e) {
            LOG.debug("{} cannot be opened now: {}", place.path(), e.getMessage());
            return;
        }
        try {
            Linux.Status status = Linux.status(fd);
            if (status.uid() != owner) {
                leave(place.path(), owner, "belongs to another user than its directory");
            } else if (status.links() != 1) {
                leave(place.path(), owner, "has another name, too");
            } else {
                visit(directory, place, fd, status);
            }
        } catch (OverBoundException e) {
            count(waiting, e.getMessage());
        } catch (InvalidFileException | RuntimeException e) {
            // An error of one file must not keep the others from being handled.
            refuse(directory, place, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            LOG.warn("{} is not taken in now: {}", place.path(), e.toString());
        } catch (OutOfMemoryError e) {
            usage.shortages().note(e);
            count(waiting, "there is not enough memory to read them");
        } finally {
            Linux.close(fd);
        }
    }

    private void visit(ForeignDirectory directory, Place place, int fd, Linux.Status status)
            throws IOException, InvalidFileException {
        if (Writers.isRunning(place.pid, status.uid(), status.modified())) {
            remember(place);
            return;
        }
        if (!Linux.unusedByWriters(fd)) {
            return;
        }
        long begin = alreadyTaken(place, status);
        if (status.size() == 0) {
            directory.delete(place.file, changes); // its process was killed
        } else if (begin < status.size()) {
            take(place, fd, status, begin);
        }
    }

    /** How many bytes of a file count already: another process may have written more behind them. */
    private long alreadyTaken(Place place, Linux.Status status) {
        store.lock();
        try {
            SavedProfile before = taken.get(place.path());
            return before == null || before.inode() != status.inode() || before.size() > status.size()
                    ? 0
                    : before.size();
        } finally {
            store.unlock();
        }
    }

    /** What a process runs, whose file will come. */
    private void remember(Place place) {
        if (place.program.isPresent() || programs.containsKey(place.path())) {
            return;
        }
        try {
            programs.put(
                    place.path(),
                    Files.readSymbolicLink(Path.of("/proc/" + place.pid + "/exe"))
                            .toString());
            if (programs.size() > MOST_PROGRAMS) {
                programs.remove(programs.keySet().iterator().next());
            }
        } catch (IOException e) {
            LOG.trace("process {} has ended meanwhile", place.pid);
        }
    }

    private void take(Place place, int fd, Linux.Status status, long begin) throws IOException, InvalidFileException {
        usage.requireReading(status.size() - begin);
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) Math.min(Integer.MAX_VALUE, status.size() - begin));
        if (!Linux.readFully(fd, begin, bytes) || !Linux.status(fd).equals(status) || !Linux.unusedByWriters(fd)) {
            return; // it was changed meanwhile: the next look sees what became of it
        }
        List<PreparedProfile> profiles = PreparedProfile.of(formats.profiles(bytes.flip()));
        if (profiles.isEmpty()) {
            throw new InvalidFileException("has no profile in it");
        }
        String program = place.program.orElseGet(() -> programs.getOrDefault(place.path(), "program"));
        store.lock();
        try {
            AdoptedProfiles adopted = AdoptedProfiles.adopt(images, program, status.uid(), profiles);
            count(adopted, new Writer(status.uid(), place.pid));
            taken.put(place.path(), new SavedProfile(place.path(), status.inode(), status.size(), status.modified()));
            unsaved = true;
            takenIn++;
        } finally {
            store.unlock();
        }
        programs.remove(place.path());
    }

    private void count(AdoptedProfiles adopted, Writer writer) throws IOException {
        long now = System.nanoTime();
        ended.values().removeIf(since -> now - since > ORPHANS_NS);
        boolean wasRead = ended.containsKey(writer);
        for (Map.Entry<ImageCounters, List<SampledMember>> entry :
                adopted.samples().entrySet()) {
            ImageCounters image = entry.getKey();
            Optional<SampledMember> member = processes.lastSample(writer.user, writer.pid, image.image());
            if (member.isPresent()) {
                processes.replace(
                        member.get(),
                        image,
                        ofTheSame(member.get(), entry.getValue()).sample());
                ended.put(writer, now);
            } else if (!wasRead) {
                image.addEnded(image.countsOf(entry.getValue(), reader), images.memoryLeft(image));
            }
            images.markChanged(image);
        }
        if (wasRead) {
            count(refused, "are of children of processes that were attached: those are read themselves");
        }
    }

    /** The last profile that goes on from what was read of a process: a child writes into the file of its parent, too. */
    private static SampledMember ofTheSame(SampledMember member, List<SampledMember> written) {
        SampledMember last = written.get(written.size() - 1);
        for (int i = written.size() - 1; i >= 0; i--) {
            if (!member.sample().hasRestartedIn(written.get(i).sample())) {
                return written.get(i);
            }
        }
        return last;
    }

    /** Saves what counts, and deletes the files. */
    private void finish(ForeignDirectory directory, String name) {
        Map<String, SavedProfile> deletable = new LinkedHashMap<>();
        store.lock();
        try {
            taken.forEach((path, profile) -> {
                if (path.startsWith(name + "/")) {
                    deletable.put(path, profile);
                }
            });
            if (unsaved) {
                saving.save();
                unsaved = false;
            }
        } catch (IOException e) {
            return; // it is in the log, and the next look tries again
        } finally {
            store.unlock();
        }
        deletable.forEach((path, profile) -> {
            if (delete(directory, path.substring(name.length() + 1), profile)) {
                locked(() -> taken.remove(path));
            }
        });
    }

    /** Whether a file is gone that was taken in as it is. */
    private boolean delete(ForeignDirectory directory, String file, SavedProfile profile) {
        try {
            int fd = directory.openRegular(file);
            try {
                Linux.Status status = Linux.status(fd);
                if (status.inode() != profile.inode()) {
                    return true; // another one has the name
                }
                if (status.size() != profile.size()
                        || status.modified() != profile.modified()
                        || !Linux.unusedByWriters(fd)) {
                    return false;
                }
                directory.delete(file, changes);
                return true;
            } finally {
                Linux.close(fd);
            }
        } catch (NoSuchFileException | NotRegularException e) {
            return true;
        } catch (IOException e) {
            LOG.warn("cannot delete a profile that is taken in: {}", e.toString());
            return false;
        }
    }

    private void refuse(ForeignDirectory directory, Place place, String reason) {
        LOG.warn("{} does not count: {}", place.path(), reason);
        count(refused, reason);
        try {
            directory.delete(place.file, changes);
        } catch (IOException e) {
            leave(place.path(), directory.status().uid(), reason);
        }
    }

    /** Leaves alone what no program makes that does as it is told. */
    private void leave(String path, int owner, String reason) {
        locked(() -> dropped.add(path, owner, reason));
    }

    private void count(Map<String, Long> reasons, String reason) {
        locked(() -> {
            String key = reasons.containsKey(reason) || reasons.size() < MOST_REASONS ? reason : "other reasons";
            reasons.merge(key, 1L, Long::sum);
        });
    }

    private void locked(Runnable step) {
        store.lock();
        try {
            step.run();
        } finally {
            store.unlock();
        }
    }

    /** Removes a directory that has been empty for long; a program that still names it makes it again. */
    private void expire(ForeignDirectory directory, String name) throws IOException {
        long nowNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        if (nowNs - directory.status().modified() > EXPIRY_NS
                && directory.names(1).isEmpty()) {
            Path path = segments.resolve(name);
            Linux.unmount(path.toString(), false);
            changes.delete(path);
            LOG.info("removed {}, which nobody has used for a day", name);
        }
    }

    /** Nothing: what {@link #look()} has taken in is counted already. */
    @Override
    public void look(Collection<ImageCounters> some) {}

    /** There are none. */
    @Override
    public void saveSamples(Collection<ImageCounters> some) {}

    @Override
    public List<SavedProfile> saved() {
        return List.copyOf(taken.values());
    }

    @Override
    public void close() {}

    /** What there was. Under the store's lock. */
    public FilesStatus status() {
        return new FilesStatus(directories.names().size(), takenIn, Map.copyOf(refused), Map.copyOf(waiting));
    }
}
