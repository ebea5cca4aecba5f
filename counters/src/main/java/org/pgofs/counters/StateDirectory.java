package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
import org.pgofs.counters.LastTakes.TakenCounts;
import org.pgofs.counters.Manifest.FoldedSegment;
import org.pgofs.counters.Manifest.SavedGuest;
import org.pgofs.counters.Manifest.SavedImage;
import org.pgofs.counters.Manifest.SavedTake;
import org.pgofs.counters.Manifest.SegmentEpoch;

/**
 * What outlives the daemon: copies of the image files, carry files, and the manifest that says which of them count. A
 * change writes new files first and becomes true by one rename of the manifest, over all images at once; a daemon that
 * dies before it leaves files behind that {@link #load} removes. It lies on the tmpfs of the segments: a reboot clears
 * both.
 */
final class StateDirectory {
    private static final String MANIFEST = "manifest";
    private static final String NEW_MANIFEST = "manifest.new";
    private static final String LOCK = "lock";

    private final Path directory;
    /** By what generation each of the last takes was written. */
    private final Map<TakenCounts, Long> takeGenerations = new HashMap<>();

    private Manifest manifest = Manifest.EMPTY;

    StateDirectory(Path directory) {
        this.directory = directory;
    }

    /** The generation in force. */
    Manifest manifest() {
        return manifest;
    }

    /**
     * Reads the generation in force and removes what does not belong to it.
     *
     * @param takes to which the last takes are added
     */
    List<ImageCounters> load(LastTakes takes) throws IOException {
        Path file = directory.resolve(MANIFEST);
        if (Files.exists(file)) {
            try {
                manifest = Manifest.parse(Files.readString(file));
            } catch (IOException e) {
                throw new IOException(file + ": " + e.getMessage() + "; move it away to start without old counts", e);
            }
        }
        List<ImageCounters> images = new ArrayList<>();
        for (SavedImage saved : manifest.images()) {
            images.add(load(saved));
        }
        for (SavedTake saved : manifest.takes()) {
            for (ImageCounters image : images) {
                if (image.image().digest().equals(saved.digest())) {
                    takes.add(load(saved, image));
                }
            }
        }
        removeUnused();
        return images;
    }

    private ImageCounters load(SavedImage saved) throws IOException {
        Path file = imageFile(saved.digest());
        try {
            StoredImage image = StoredImage.restore(Files.readAllBytes(file), saved.name());
            Counts carry = CarryFile.read(carryFile(saved.digest(), saved.carryGeneration()), image);
            ImageCounters counters = new ImageCounters(image, carry, saved.ended());
            counters.references().addAll(saved.references());
            return counters;
        } catch (InvalidFileException e) {
            throw new IOException(file + " " + e.getMessage(), e);
        }
    }

    private TakenCounts load(SavedTake saved, ImageCounters image) throws IOException {
        Counts counts = CarryFile.read(takeFile(saved), image.image());
        TakenCounts taken = new TakenCounts(saved.scope(), image, counts);
        takeGenerations.put(taken, saved.generation());
        return taken;
    }

    /**
     * Makes a new generation.
     *
     * @param images all images of the store
     * @param changed those of them whose carry is not that of the last generation
     * @param folded the segments folded since the last generation
     * @param takes the last takes
     * @param guests the attached machines
     * @throws IOException if it could not be made: then the last generation is still in force, and nothing is left over
     */
    void commit(
            Collection<ImageCounters> images,
            Set<ImageCounters> changed,
            List<FoldedSegment> folded,
            LastTakes takes,
            List<SavedGuest> guests)
            throws IOException {
        long generation = manifest.generation() + 1;
        try {
            List<SavedImage> savedImages = saveImages(images, changed, generation);
            Map<TakenCounts, SavedTake> savedTakes = saveTakes(takes, generation);
            Manifest next = new Manifest(
                    generation,
                    savedImages,
                    List.copyOf(savedTakes.values()),
                    epochs(images),
                    List.copyOf(folded),
                    guests);
            Path file = directory.resolve(NEW_MANIFEST);
            Files.writeString(file, next.toText(), StandardCharsets.UTF_8);
            Files.move(file, directory.resolve(MANIFEST), StandardCopyOption.ATOMIC_MOVE);
            manifest = next;
            takeGenerations.clear();
            savedTakes.forEach((taken, saved) -> takeGenerations.put(taken, saved.generation()));
        } finally {
            removeUnused();
        }
    }

    private static List<SegmentEpoch> epochs(Collection<ImageCounters> images) {
        List<SegmentEpoch> epochs = new ArrayList<>();
        for (ImageCounters image : images) {
            for (Member member : image.live()) {
                if (member.epoch() != 0) {
                    epochs.add(new SegmentEpoch(member.epoch(), member.clearedEpoch(), member.name()));
                }
            }
        }
        return epochs;
    }

    private List<SavedImage> saveImages(Collection<ImageCounters> images, Set<ImageCounters> changed, long generation)
            throws IOException {
        Map<String, Long> carryGenerations = new HashMap<>();
        manifest.images().forEach(image -> carryGenerations.put(image.digest(), image.carryGeneration()));
        List<SavedImage> saved = new ArrayList<>();
        for (ImageCounters image : images) {
            String digest = image.image().digest();
            if (changed.contains(image) || !carryGenerations.containsKey(digest)) {
                saveImage(image.image());
                CarryFile.write(carryFile(digest, generation), image.savedCarry());
                carryGenerations.put(digest, generation);
            }
            saved.add(new SavedImage(
                    digest,
                    image.image().name(),
                    image.ended(),
                    carryGenerations.get(digest),
                    List.copyOf(image.references())));
        }
        return saved;
    }

    private Map<TakenCounts, SavedTake> saveTakes(LastTakes takes, long generation) throws IOException {
        Map<TakenCounts, SavedTake> saved = new LinkedHashMap<>();
        for (TakenCounts taken : takes.all()) {
            Long earlier = takeGenerations.get(taken);
            SavedTake entry = new SavedTake(
                    taken.scope(), taken.image().image().digest(), earlier == null ? generation : earlier);
            if (earlier == null) {
                CarryFile.write(takeFile(entry), taken.counts());
            }
            saved.put(taken, entry);
        }
        return saved;
    }

    private void saveImage(StoredImage image) throws IOException {
        Path file = imageFile(image.digest());
        if (Files.exists(file)) {
            return;
        }
        Path unfinished = directory.resolve("unfinished-" + image.digest());
        ByteBuffer bytes = image.file();
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Saves what a machine counted, which is not part of a generation: it is true at any time as long as the run of the
     * kernel is the one of the manifest.
     */
    void saveSample(SavedGuest guest, Counts sample) throws IOException {
        Path unfinished = directory.resolve("unfinished-" + guest.name());
        Files.deleteIfExists(unfinished);
        CarryFile.write(unfinished, sample);
        Files.move(unfinished, sampleFile(guest), StandardCopyOption.ATOMIC_MOVE);
    }

    /** What {@link #saveSample} saved last, if it did. */
    Optional<Counts> sample(SavedGuest guest, StoredImage image) throws IOException {
        Path file = sampleFile(guest);
        return Files.exists(file) ? Optional.of(CarryFile.read(file, image)) : Optional.empty();
    }

    /** When {@link #saveSample} saved it last, 1970 if it did not. */
    Instant sampled(SavedGuest guest) throws IOException {
        Path file = sampleFile(guest);
        return Files.exists(file) ? Files.getLastModifiedTime(file).toInstant() : Instant.EPOCH;
    }

    private void removeUnused() throws IOException {
        Set<Path> used = new HashSet<>(Set.of(directory.resolve(MANIFEST), directory.resolve(LOCK)));
        for (SavedImage image : manifest.images()) {
            used.add(imageFile(image.digest()));
            used.add(carryFile(image.digest(), image.carryGeneration()));
        }
        manifest.takes().forEach(take -> used.add(takeFile(take)));
        manifest.guests().forEach(guest -> used.add(sampleFile(guest)));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!used.contains(file)) {
                    Files.delete(file);
                }
            }
        }
    }

    private Path imageFile(String digest) {
        return directory.resolve("image-" + digest);
    }

    private Path sampleFile(SavedGuest guest) {
        return directory.resolve("sample-" + guest.name() + "-" + guest.boot());
    }

    private Path takeFile(SavedTake take) {
        return directory.resolve("taken-" + take.scope() + "-" + take.digest() + "-" + take.generation());
    }

    private Path carryFile(String digest, long generation) {
        return directory.resolve("carry-" + digest + "-" + generation);
    }
}
