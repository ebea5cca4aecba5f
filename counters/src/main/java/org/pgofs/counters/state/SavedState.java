package org.pgofs.counters.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.FoldedSegment;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.ImageTimes;
import org.pgofs.counters.format.ImageReference;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.ImageFile;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.linux.FileChanges;
import org.pgofs.counters.state.LastTakes.TakenCounts;
import org.pgofs.counters.state.Manifest.Carry;
import org.pgofs.counters.state.Manifest.Taken;
import org.pgofs.counters.state.SavedImage.Epoch;
import org.pgofs.counters.state.StateFile.DamagedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of an earlier daemon, as it was loaded. A damaged file is renamed and kept, and only its own contents are
 * lost:
 *
 * <ul>
 *   <li>Without the manifest, its copy in the carry files is used: that of the newest complete generation, or else of
 *       the newest.
 *   <li>Without its carry, an image counts from now on: the earlier counts of its processes may have been reset or
 *       taken, and must not reappear.
 *   <li>Without its copy in the state, an image is read from the segment directory. If its image file no longer exists,
 *       its carry waits until one of its processes publishes the file.
 *   <li>Without its file, a last take cannot be read again.
 * </ul>
 *
 * An older pgofs leaves out of the manifest what it does not know, the running kernel. The copy of the manifest in a carry
 * file that it did not write again still has the lines of that image.
 */
public final class SavedState {
    private static final Logger LOG = LoggerFactory.getLogger(SavedState.class);

    private final Path directory;
    private final FileChanges changes;
    private final Map<String, ImageCounters> images = new LinkedHashMap<>();
    private final Map<String, Epoch> epochs = new HashMap<>();
    private final Map<TakenCounts, Long> takes = new LinkedHashMap<>();
    /** Names by digest. */
    private final Map<String, String> lost = new LinkedHashMap<>();

    private final Map<String, String> setAside = new TreeMap<>();
    private final List<ImageCounters> incomplete = new ArrayList<>();
    private final Map<String, CarryFile> waiting = new HashMap<>();
    private final Set<String> savedByOlder = new HashSet<>();
    private Manifest manifest = Manifest.EMPTY;

    static SavedState load(Path directory, FileChanges changes) throws IOException {
        SavedState state = new SavedState(directory, changes);
        state.listSetAside();
        state.load();
        return state;
    }

    private SavedState(Path directory, FileChanges changes) {
        this.directory = directory;
        this.changes = changes;
    }

    Manifest manifest() {
        return manifest;
    }

    public List<ImageCounters> images() {
        return List.copyOf(images.values());
    }

    /** Images that must be saved again. */
    public List<ImageCounters> incomplete() {
        return incomplete;
    }

    /** The epochs of segments that were live, by their names. */
    public Map<String, Epoch> epochs() {
        return epochs;
    }

    /** The last takes, with the generations that wrote their files. */
    Map<TakenCounts, Long> takes() {
        return takes;
    }

    /** The names, by digest, of the images whose earlier counts are lost. */
    public Map<String, String> lost() {
        return lost;
    }

    /** The damaged files, which are kept, and missing ones, each with the consequence. */
    public Map<String, String> setAside() {
        return setAside;
    }

    private void listSetAside() throws IOException {
        for (Path file : files(StateDirectory.DAMAGED_PREFIX)) {
            setAside.put(file.getFileName().toString(), "was set aside by an earlier start");
        }
    }

    private void load() throws IOException {
        manifest = readManifest();
        List<Sampled> leftOut = new ArrayList<>();
        for (Carry carry : manifest.images()) {
            Optional<CarryFile> file = readCarry(carry);
            if (file.isPresent()) {
                readImage(carry, file.get());
                leftOut.addAll(kernels(carry, file.get()));
            }
        }
        if (manifest.sampled(SavedKernel.class).isEmpty()) {
            leftOut.addAll(0, manifest.sampled());
            manifest = manifest.with(leftOut);
        }
        for (Taken taken : manifest.takes()) {
            readTaken(taken);
        }
    }

    private Manifest readManifest() throws IOException {
        Path file = directory.resolve(StateDirectory.MANIFEST);
        try {
            return Manifest.parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return files(Manifest.CARRY_PREFIX).isEmpty() ? Manifest.EMPTY : recover("is missing");
        } catch (DamagedException e) {
            return recover(e.getMessage());
        } catch (IOException e) {
            throw new IOException(directory + " " + e.getMessage(), e);
        }
    }

    private Manifest recover(String reason) throws IOException {
        List<Manifest> copies = new ArrayList<>();
        for (Path file : files(Manifest.CARRY_PREFIX)) {
            try {
                copies.add(decode(file).manifest());
            } catch (DamagedException e) {
                LOG.warn("{} {}", file, e.getMessage());
            }
        }
        copies.sort(Comparator.comparingLong(Manifest::generation).reversed());
        Manifest found = newestWhole(copies);
        setAside(
                StateDirectory.MANIFEST,
                reason,
                "the state was restored from its copy in the carry files, generation " + found.generation());
        return copies.isEmpty() ? setAsideCarries() : found;
    }

    private Manifest newestWhole(List<Manifest> newestFirst) throws IOException {
        for (Manifest copy : newestFirst) {
            if (isWhole(copy)) {
                return copy;
            }
        }
        return newestFirst.isEmpty() ? Manifest.EMPTY : newestFirst.get(0);
    }

    private boolean isWhole(Manifest copy) throws IOException {
        for (Carry carry : copy.images()) {
            try {
                decode(directory.resolve(carry.fileName()));
            } catch (NoSuchFileException | DamagedException e) {
                return false;
            }
        }
        return true;
    }

    /** Sets all carry files aside, since none of them can be read. */
    private Manifest setAsideCarries() throws IOException {
        for (Path file : files(Manifest.CARRY_PREFIX)) {
            String name = file.getFileName().toString();
            String digest = name.substring(Manifest.CARRY_PREFIX.length(), name.lastIndexOf('-'));
            lose(name, "is damaged", digest, digest);
        }
        return Manifest.EMPTY;
    }

    private Optional<CarryFile> readCarry(Carry carry) throws IOException {
        try {
            return Optional.of(decode(directory.resolve(carry.fileName())));
        } catch (DamagedException e) {
            lose(carry.fileName(), e.getMessage(), carry.digest(), carry.name());
        } catch (NoSuchFileException e) {
            lose(carry.fileName(), "is missing", carry.digest(), carry.name());
        }
        return Optional.empty();
    }

    /** What of the running kernel belongs to an image, as its carry file has it. */
    private static List<SavedKernel> kernels(Carry carry, CarryFile file) throws IOException {
        try {
            return file.kernels().stream()
                    .filter(kernel -> kernel.digest().equals(carry.digest()))
                    .toList();
        } catch (DamagedException e) {
            LOG.warn("{} has a manifest that {}", carry.fileName(), e.getMessage());
            return List.of();
        }
    }

    private void lose(String file, String reason, String digest, String image) throws IOException {
        lost.put(digest, image);
        setAside(file, reason, "the counts of " + image + " until now are lost, and it starts again from 0");
    }

    private void readImage(Carry carry, CarryFile file) throws IOException {
        String reason;
        try {
            add(image(Files.readAllBytes(directory.resolve(carry.imageFileName())), carry), file);
            return;
        } catch (NoSuchFileException e) {
            reason = "is missing";
        } catch (DamagedException | InvalidFileException e) {
            reason = e.getMessage();
        }
        for (ImageReference reference : file.image().references()) {
            if (readImageAgain(carry, file, reference, reason)) {
                return;
            }
        }
        setAside(carry.imageFileName(), reason, carry.name() + " is not served until one of its processes starts");
        waiting.put(carry.digest(), file);
        file.image().epochs().forEach(epoch -> epochs.put(epoch.name(), epoch));
    }

    /** Reads an image again from the segment directory. The digest proves that a user's file has the same content. */
    private boolean readImageAgain(Carry carry, CarryFile file, ImageReference reference, String reason)
            throws IOException {
        Path segments = directory.toAbsolutePath().getParent();
        try {
            byte[] bytes = ImageFile.read(segments.resolve(reference.key().fileName()), reference.owner(), size -> {});
            incomplete.add(add(image(bytes, carry), file));
        } catch (IOException | DamagedException | InvalidFileException e) {
            LOG.debug("no image file for {}", carry.name(), e);
            return false;
        }
        setAside(carry.imageFileName(), reason, carry.name() + " was read from the segment directory again");
        return true;
    }

    private static StoredImage image(byte[] bytes, Carry carry) throws DamagedException, InvalidFileException {
        StoredImage image = StoredImage.restore(bytes, carry.name());
        StateFile.require(image.digest().equals(carry.digest()), "has the wrong checksum");
        return image;
    }

    /** Whether an older pgofs saved an image last. */
    boolean isSavedByOlder(String digest) {
        return savedByOlder.contains(digest);
    }

    /** Whether a carry waits for its image. */
    boolean isWaiting(String digest) {
        return waiting.containsKey(digest);
    }

    /** The segments in the carries that wait. */
    public List<FoldedSegment> foldedOfWaiting() {
        return waiting.values().stream()
                .flatMap(file -> file.image().folded().stream())
                .toList();
    }

    /** Restores an image from the carry that waited for it, if there is one. */
    public Optional<ImageCounters> adopt(StoredImage image) {
        CarryFile file = waiting.remove(image.digest());
        try {
            return file == null ? Optional.empty() : Optional.of(add(image, file));
        } catch (DamagedException e) {
            throw new IllegalStateException("the carry of " + image.name() + " " + e.getMessage(), e);
        }
    }

    private ImageCounters add(StoredImage image, CarryFile file) throws DamagedException {
        SavedImage saved = file.image();
        ImageTimes times = saved.times().orElse(ImageTimes.UNKNOWN);
        ImageCounters counters = new ImageCounters(image, file.counts(image), saved.ended(), times);
        if (saved.times().isEmpty()) {
            savedByOlder.add(image.digest());
        }
        counters.references().addAll(saved.references());
        counters.folded().addAll(saved.folded());
        saved.epochs().forEach(epoch -> epochs.put(epoch.name(), epoch));
        images.put(image.digest(), counters);
        return counters;
    }

    private void readTaken(Taken taken) throws IOException {
        ImageCounters image = images.get(taken.digest());
        String reason = "is of no use without the image";
        try {
            CarryFile file = decode(directory.resolve(taken.fileName()));
            if (image != null) {
                takes.put(new TakenCounts(taken.scope(), image, file.counts(image.image())), taken.generation());
                return;
            }
        } catch (NoSuchFileException e) {
            reason = "is missing";
        } catch (DamagedException e) {
            reason = e.getMessage();
        }
        setAside(taken.fileName(), reason, "the last take of an image cannot be read again");
    }

    /** The last sample of a kernel or module, if it was saved. */
    Optional<Counts> sample(Sampled source, StoredImage image) throws IOException {
        try {
            return Optional.of(decode(directory.resolve(source.fileName())).counts(image));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (DamagedException e) {
            setAside(
                    source.fileName(),
                    e.getMessage(),
                    "the counts of " + source.name() + " from before its last start are lost");
            return Optional.empty();
        }
    }

    private CarryFile decode(Path file) throws IOException, DamagedException {
        String name = file.getFileName().toString();
        byte[] bytes = Files.readAllBytes(file);
        try {
            return CarryFile.decode(bytes, name);
        } catch (IOException e) {
            throw new IOException(directory + " " + e.getMessage(), e);
        }
    }

    private void setAside(String name, String reason, String consequence) throws IOException {
        Path file = directory.resolve(name);
        String kept = name;
        if (Files.exists(file)) {
            kept = StateDirectory.DAMAGED_PREFIX + name;
            for (int i = 2; Files.exists(directory.resolve(kept)); i++) {
                kept = StateDirectory.DAMAGED_PREFIX + name + "." + i;
            }
            changes.rename(file, directory.resolve(kept));
        }
        setAside.put(kept, reason + ": " + consequence);
        LOG.error("{} {}: {}", directory.resolve(kept), reason, consequence);
    }

    private List<Path> files(String prefix) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, prefix + "*")) {
            files.forEach(found::add);
        }
        return found;
    }
}
