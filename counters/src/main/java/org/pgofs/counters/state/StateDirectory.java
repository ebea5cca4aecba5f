package org.pgofs.counters.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.Member;
import org.pgofs.counters.counts.ValueList;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.linux.FileChanges;
import org.pgofs.counters.linux.NoSpaceException;
import org.pgofs.counters.linux.OwnFile;
import org.pgofs.counters.state.LastTakes.TakenCounts;
import org.pgofs.counters.state.Manifest.Carry;
import org.pgofs.counters.state.Manifest.Taken;
import org.pgofs.counters.state.SavedImage.Epoch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that outlive the daemon: copies of image files, carry files, and the manifest that lists the valid ones. A
 * change writes new files first, and one rename of the manifest then makes them valid, for all images at once. If a
 * daemon dies before the rename, the next one removes the new files. The directory lies on the tmpfs of the segments,
 * so that both vanish together.
 */
public final class StateDirectory {
    /** The file that is locked by the daemon that serves the directory. */
    public static final String LOCK = "lock";

    static final String MANIFEST = "manifest";
    static final String DAMAGED_PREFIX = "damaged-";
    private static final String NEW_MANIFEST = "manifest.new";
    private static final Logger LOG = LoggerFactory.getLogger(StateDirectory.class);

    private final Path directory;
    private final FileChanges changes;
    private final Restoration restoration;
    private final Reserve reserve;
    /** The generation that wrote the file of each last take. */
    private final Map<TakenCounts, Long> takeGenerations = new HashMap<>();

    private Manifest manifest = Manifest.EMPTY;
    private SavedState saved;
    private long triedGeneration;
    private long starts;

    /** Makes the directory again if somebody deleted it. */
    public interface Restoration {
        void restore() throws IOException;
    }

    public StateDirectory(Path directory, FileChanges changes, Restoration restoration) {
        this.directory = directory;
        this.changes = changes;
        this.restoration = restoration;
        reserve = new Reserve(directory, changes);
    }

    /**
     * Loads the current generation.
     *
     * @param takes to which the last takes are added
     */
    public SavedState load(LastTakes takes) throws IOException {
        saved = SavedState.load(directory, changes);
        manifest = saved.manifest();
        triedGeneration = manifest.generation();
        starts = manifest.starts() + 1;
        takes.setNumbers(manifest.numbers().store().isEmpty() ? TakeNumbers.begin() : manifest.numbers());
        saved.takes().forEach((taken, generation) -> {
            takes.add(taken);
            takeGenerations.put(taken, generation);
        });
        removeUnused();
        return saved;
    }

    /** The manifest of the current generation. */
    public Manifest manifest() {
        return manifest;
    }

    /** Whether an older pgofs saved the counts of an image last, one that does not know the running kernel. */
    public boolean isSavedByOlder(StoredImage image) {
        return saved.isSavedByOlder(image.digest());
    }

    /** How many daemons have used this state, including this one and the one that began it. */
    public long starts() {
        return starts;
    }

    /**
     * Makes a new generation.
     *
     * @param images all images of the store
     * @param changed those of them whose carry is not that of the last generation
     * @param takes the last takes
     * @param sampled what counts in memory that is only read
     * @throws IOException if it could not be made: then the last generation is still current
     */
    public void commit(
            Collection<ImageCounters> images, Set<ImageCounters> changed, LastTakes takes, List<Sampled> sampled)
            throws IOException {
        try {
            tryToCommit(images, changed, takes, sampled);
        } catch (NoSpaceException e) {
            if (!reserve.release()) {
                throw e;
            }
            tryToCommit(images, changed, takes, sampled);
        }
    }

    /** Reserves room for the next commit, after files were deleted. */
    public void renewReserve() {
        reserve.hold();
    }

    private void tryToCommit(
            Collection<ImageCounters> images, Set<ImageCounters> changed, LastTakes takes, List<Sampled> sampled)
            throws IOException {
        // A commit that failed may have left files: its number is not used again.
        long generation = ++triedGeneration;
        restoration.restore();
        Set<String> there = new HashSet<>(files());
        Map<ImageCounters, Carry> carries = carries(images, changed, generation, there);
        Map<TakenCounts, Taken> taken = taken(takes, generation, there);
        List<Carry> all = new ArrayList<>(carries.values());
        manifest.images().stream()
                .filter(carry -> saved.isWaiting(carry.digest()))
                .forEach(all::add);
        Manifest next = new Manifest(
                generation,
                starts,
                List.copyOf(all),
                List.copyOf(taken.values()),
                takes.numbers(),
                List.copyOf(sampled));
        try {
            write(next, carries, taken);
            manifest = next;
            takeGenerations.clear();
            taken.forEach((counts, entry) -> takeGenerations.put(counts, entry.generation()));
        } finally {
            removeUnused();
        }
    }

    /**
     * The carry files of a generation. Those of changed images, and those that no longer exist, get its number: they
     * are new.
     */
    private Map<ImageCounters, Carry> carries(
            Collection<ImageCounters> images, Set<ImageCounters> changed, long generation, Set<String> there) {
        Map<String, Long> generations = new HashMap<>();
        manifest.images().forEach(image -> generations.put(image.digest(), image.generation()));
        Map<ImageCounters, Carry> carries = new LinkedHashMap<>();
        for (ImageCounters image : images) {
            String digest = image.image().digest();
            long written = changed.contains(image) ? generation : generations.getOrDefault(digest, generation);
            Carry carry = new Carry(digest, written, image.image().name());
            boolean whole = there.contains(carry.fileName()) && there.contains(carry.imageFileName());
            carries.put(image, whole ? carry : new Carry(digest, generation, carry.name()));
        }
        return carries;
    }

    private Map<TakenCounts, Taken> taken(LastTakes takes, long generation, Set<String> there) {
        Map<TakenCounts, Taken> taken = new LinkedHashMap<>();
        for (TakenCounts counts : takes.all()) {
            String digest = counts.image().image().digest();
            long written = takeGenerations.getOrDefault(counts, generation);
            Taken entry = new Taken(counts.scope(), digest, written);
            boolean whole = there.contains(entry.fileName());
            taken.put(counts, whole ? entry : new Taken(counts.scope(), digest, generation));
        }
        return taken;
    }

    private void write(Manifest next, Map<ImageCounters, Carry> carries, Map<TakenCounts, Taken> taken)
            throws IOException {
        for (Map.Entry<ImageCounters, Carry> entry : carries.entrySet()) {
            Carry carry = entry.getValue();
            if (carry.generation() == next.generation()) {
                ImageCounters image = entry.getKey();
                writeImage(image.image());
                write(carry.fileName(), CarryFile.of(image.savedCarry(), saved(image), next));
            }
        }
        for (Map.Entry<TakenCounts, Taken> entry : taken.entrySet()) {
            if (entry.getValue().generation() == next.generation()) {
                write(entry.getValue().fileName(), CarryFile.of(entry.getKey().counts()));
            }
        }
        Path unfinished = directory.resolve(NEW_MANIFEST);
        changes.write(unfinished, ByteBuffer.wrap(next.toText().getBytes(StandardCharsets.UTF_8)));
        OwnFile.setAsideForeign(directory.resolve(MANIFEST), false, changes);
        changes.rename(unfinished, directory.resolve(MANIFEST));
    }

    private void write(String name, CarryFile file) throws IOException {
        changes.write(directory.resolve(name), file.encode(name));
    }

    private static SavedImage saved(ImageCounters image) {
        List<Epoch> epochs = new ArrayList<>();
        for (Member member : image.live()) {
            if (member.epoch() != 0 || member.clearedEpoch() != 0) {
                ValueList moved = image.moves().getOrDefault(member, new ValueList());
                epochs.add(new Epoch(member.epoch(), member.clearedEpoch(), member.name(), moved));
            }
        }
        return new SavedImage(
                image.image().digest(),
                image.image().name(),
                image.ended(),
                Optional.of(image.times()),
                List.copyOf(image.references()),
                List.copyOf(image.folded()),
                epochs);
    }

    private void writeImage(StoredImage image) throws IOException {
        Path file = directory.resolve(Carry.imageFileName(image.digest()));
        if (!Files.exists(file)) {
            Path unfinished = directory.resolve("unfinished-" + image.digest());
            changes.write(unfinished, image.file());
            changes.rename(unfinished, file);
        }
    }

    /** Saves a sample; possible at any time. */
    public void saveSample(Sampled source, Counts sample) throws IOException {
        Path unfinished = directory.resolve("unfinished-" + source.fileName());
        changes.write(unfinished, CarryFile.of(sample).encode(source.fileName()));
        changes.rename(unfinished, directory.resolve(source.fileName()));
    }

    /** The sample that {@link #saveSample} saved last, if there is one. */
    public Optional<Counts> sample(Sampled source, StoredImage image) throws IOException {
        return saved.sample(source, image);
    }

    /** When {@link #saveSample} saved the last sample; 1970 if there is none. */
    public Instant sampled(Sampled source) throws IOException {
        Path file = directory.resolve(source.fileName());
        return Files.exists(file) ? Files.getLastModifiedTime(file).toInstant() : Instant.EPOCH;
    }

    /** Removes unused files; those that cannot be removed now are tried again after the next commit. */
    private void removeUnused() {
        Set<String> used = new HashSet<>(manifest.fileNames());
        used.add(MANIFEST);
        used.add(LOCK);
        used.add(Reserve.NAME);
        try {
            for (String name : files()) {
                if (!used.contains(name) && !name.startsWith(DAMAGED_PREFIX)) {
                    remove(directory.resolve(name));
                }
            }
        } catch (IOException e) {
            LOG.warn("cannot see which files of the state are no longer needed: {}", e.toString());
        }
    }

    private void remove(Path file) {
        try {
            changes.delete(file);
        } catch (IOException e) {
            LOG.warn("cannot remove a file of the state that is no longer needed: {}", e.toString());
        }
    }

    private List<String> files() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        return names;
    }
}
