package org.pgofs.counters;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.pgofs.counters.SavedImage.Epoch;
import org.pgofs.counters.SavedImage.FoldedSegment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which segments there are and to which image each belongs. A segment goes from pending (its image file is not there
 * yet) to live to folded, or is dropped. Guarded by the store's lock.
 */
final class SegmentCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentCatalog.class);
    static final String TEMPORARY_PREFIX = "t-";
    private static final int RECHECKS = 12;

    private final Path directory;
    private final FileChanges changes;
    private final SegmentReader reader;
    private final Map<String, ImageCounters> images = new TreeMap<>();
    private final Map<ImageReference, ImageCounters> byReference = new HashMap<>();
    private final Map<String, SegmentFile> pending = new LinkedHashMap<>();
    private final Map<String, Live> live = new HashMap<>();
    private final Set<String> folded = new HashSet<>();
    private final Map<String, Epoch> epochs = new HashMap<>();
    private final DroppedFiles dropped = new DroppedFiles();
    private final RefusedLog refused;
    private final Set<ImageCounters> changed = new LinkedHashSet<>();
    private final Map<String, Integer> recheck = new HashMap<>();
    private long unsavedBytes;

    private record Live(SegmentFile segment, ImageCounters image) {}

    SegmentCatalog(SegmentDirectory segments, SegmentReader reader) {
        directory = segments.path();
        changes = segments.changes();
        this.reader = reader;
        refused = new RefusedLog(directory);
    }

    /** Adds what an earlier daemon knew. */
    void restore(SavedState saved) {
        epochs.putAll(saved.epochs());
        for (ImageCounters image : saved.images()) {
            images.put(image.image().digest(), image);
            image.references().forEach(reference -> byReference.put(reference, image));
            image.folded().forEach(segment -> folded.add(segment.name()));
            deleteFolded(image);
        }
        changed.addAll(saved.incomplete());
    }

    /** The images, in a lasting order. */
    Collection<ImageCounters> images() {
        return Collections.unmodifiableCollection(images.values());
    }

    ImageCounters image(String digest) {
        return images.get(digest);
    }

    DroppedFiles dropped() {
        return dropped;
    }

    RefusedLog refused() {
        return refused;
    }

    /** The images whose carry was not saved yet. */
    Set<ImageCounters> changed() {
        return changed;
    }

    /** The size of the segments that are in a carry that was not saved yet, in bytes. */
    long unsavedBytes() {
        return unsavedBytes;
    }

    /** The carries were saved: the files of the folded segments may go. */
    void saved() {
        changed.clear();
        unsavedBytes = 0;
        images.values().forEach(this::deleteFolded);
    }

    /** Deletes the files of segments that are in the saved carry; what cannot be deleted is not counted again. */
    private void deleteFolded(ImageCounters image) {
        image.folded().removeIf(segment -> {
            boolean deleted = delete(segment);
            if (deleted) {
                folded.remove(segment.name());
            }
            return deleted;
        });
    }

    private boolean delete(FoldedSegment segment) {
        try {
            Path file = directory.resolve(segment.name());
            if (Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS).equals(segment.inode())) {
                changes.delete(file);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone already", segment.name());
        } catch (IOException e) {
            LOG.warn("cannot delete a segment that is no longer needed: {}", e.toString());
            return false;
        }
        return true;
    }

    /** Looks at every file of the directory. */
    void scan() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                found(file.getFileName().toString());
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        retryPending();
        for (String name : List.copyOf(live.keySet())) {
            endIfUnused(name);
        }
        for (String name : List.copyOf(pending.keySet())) {
            endIfUnused(name);
        }
    }

    void apply(List<DirectoryWatch.Event> events) throws IOException {
        for (DirectoryWatch.Event event : events) {
            switch (event.kind()) {
                case PUBLISHED -> found(event.name());
                case CLOSED -> checkClosed(event.name());
                case LOST -> scan();
            }
        }
        // Once for all image files that came, and for a nonce that was written a moment after one of them came.
        retryPending();
    }

    private void checkClosed(String name) {
        // The kernel reports the close a moment before it lets go of the file: then it is looked at again.
        if (!endIfUnused(name)) {
            recheck.put(name, RECHECKS);
        }
    }

    /** Whether {@link #recheck} has something to do. */
    boolean hasRechecks() {
        return !recheck.isEmpty();
    }

    /** Looks again at files that were closed and still in use. */
    void recheck() {
        recheck.keySet().removeIf(this::endIfUnused);
    }

    /** Gives up on files that stay in use for some rounds: they have other users, whose close will be reported. */
    void countRecheckRound() {
        recheck.entrySet().removeIf(entry -> entry.setValue(entry.getValue() - 1) == 0);
    }

    private void found(String name) {
        switch (FileKind.of(name)) {
            case SEGMENT -> foundSegment(name);
            case UNFINISHED -> endIfUnused(name);
            case REFUSAL -> foundRefusal(name);
            case FOREIGN -> dropped.add(name, "is not a file of pgofs");
            case IMAGE, STATE -> {
                // An image file is read when a segment asks for it.
            }
        }
    }

    private void foundRefusal(String name) {
        try {
            refused.takeUp(name);
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone already", name);
        } catch (IOException | InvalidFileException e) {
            dropped.add(name, e.getMessage());
        }
    }

    private void foundSegment(String name) {
        if (live.containsKey(name) || pending.containsKey(name) || folded.contains(name) || dropped.contains(name)) {
            return;
        }
        try {
            place(SegmentFile.open(directory.resolve(name), changes));
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone already", name);
        } catch (IOException | InvalidFileException | RuntimeException e) {
            // Whatever one file brings about, the others are looked at.
            dropped.add(name, e.getMessage());
        }
    }

    /**
     * Tells members that their value sites begin anew. Values that one goes on adding to, because it cannot be told, are
     * counted from what they were.
     */
    void endMoves(ImageCounters image) {
        image.moves().forEach((member, values) -> {
            try {
                member.publishEpoch();
            } catch (IOException e) {
                LOG.warn("{} cannot be told of a reset: {}", member.name(), e.toString());
                member.setEpoch(member.epoch() - 1);
                values.subtractFrom(image.carry().values());
                changed.add(image);
            }
        });
        image.moves().clear();
    }

    /** Finishes what a daemon began that died before it could tell a segment of a reset. */
    private void finishReset(SegmentFile segment, ImageCounters image) {
        Epoch saved = epochs.remove(segment.name());
        if (saved == null) {
            return;
        }
        if (segment.epoch() == saved.epoch() - 1) {
            saved.moved().subtractFrom(image.carry().values());
            changed.add(image);
        }
        if (segment.clearedEpoch() != saved.cleared()) {
            segment.setClearedEpoch(saved.cleared());
            clearMarks(segment, image, Marks.all(image.image()));
            publishCleared(segment);
        }
    }

    /** Takes marks back from the live members of an image. */
    void clearMarks(ImageCounters image, Marks taken) {
        if (taken.exist()) {
            image.live().forEach(member -> clearMarks(member, image, taken));
        }
    }

    private void clearMarks(Member member, ImageCounters image, Marks taken) {
        try {
            reader.clearMarks(member, image.image(), taken);
        } catch (IOException e) {
            dropped.add(member.name(), "cannot be cleared, what it covered counts on: " + e.getMessage());
        }
    }

    /** Notes that the marks of a member are cleared. */
    void publishCleared(Member member) {
        try {
            member.publishCleared();
        } catch (IOException e) {
            dropped.add(member.name(), "cannot be told that it is cleared: " + e.getMessage());
        }
    }

    private void retryPending() {
        for (SegmentFile segment : List.copyOf(pending.values())) {
            retry(segment);
        }
    }

    private void retry(SegmentFile segment) {
        pending.remove(segment.name());
        try {
            segment.readHeader();
            place(segment);
        } catch (IOException | InvalidFileException e) {
            segment.close();
            dropped.add(segment.name(), e.getMessage());
        }
    }

    /** Makes a segment live, or pending. */
    private void place(SegmentFile segment) {
        try {
            ImageCounters image = byReference.get(segment.image());
            if (image == null) {
                image = readImage(segment);
            }
            requireFit(segment, image.image());
            finishReset(segment, image);
            image.join(segment);
            live.put(segment.name(), new Live(segment, image));
        } catch (IOException e) {
            LOG.debug("{} waits for its image file: {}", segment.name(), e.getMessage());
            pending.put(segment.name(), segment);
        } catch (InvalidFileException e) {
            segment.close();
            dropped.add(segment.name(), e.getMessage());
        }
    }

    private static void requireFit(SegmentFile segment, StoredImage image) throws InvalidFileException {
        long size = segment.header().counters().size();
        InvalidFileException.require(
                image.sectionSize() == size, "has %d bytes of counters, its image %d", size, image.sectionSize());
        long bitmaps = segment.header().bitmaps().size();
        InvalidFileException.require(
                image.bitmapsSectionSize() == bitmaps,
                "has %d bytes of bitmaps, its image %d",
                bitmaps,
                image.bitmapsSectionSize());
        long sites = segment.header().valueSites().size() / ValueSiteLayout.SIZE;
        InvalidFileException.require(
                sites == 0 || sites == image.values().sites(),
                "has %d value sites, its image %d",
                sites,
                image.values().sites());
    }

    private ImageCounters readImage(SegmentFile segment) throws IOException, InvalidFileException {
        String name = segment.header().imageKey().fileName();
        StoredImage image;
        try {
            byte[] bytes =
                    ImageFile.read(directory.resolve(name), segment.image().owner());
            image = StoredImage.read(bytes, segment.header().path(), this::isTaken);
        } catch (InvalidFileException e) {
            throw new InvalidFileException("needs " + name + ", which " + e.getMessage());
        }
        requireFit(segment, image);
        ImageCounters counters = images.computeIfAbsent(image.digest(), digest -> new ImageCounters(image));
        counters.references().add(segment.image());
        byReference.put(segment.image(), counters);
        changed.add(counters);
        LOG.info("new image {} with {} functions", counters.image().name(), image.functions());
        return counters;
    }

    /** Reads the image file of an image that no segment brings. */
    StoredImage readImage(byte[] file, String path) throws InvalidFileException {
        return StoredImage.read(file, path, this::isTaken);
    }

    /** Adds such an image, or finds the one that it is. */
    ImageCounters add(StoredImage image) {
        return images.computeIfAbsent(image.digest(), digest -> {
            ImageCounters added = new ImageCounters(image);
            changed.add(added);
            return added;
        });
    }

    private boolean isTaken(String name) {
        return images.values().stream().anyMatch(image -> image.image().name().equals(name));
    }

    /**
     * Ends a segment, or deletes an unfinished file, if nobody uses it any more.
     *
     * @return whether there is nothing more to do for the name
     */
    private boolean endIfUnused(String name) {
        Live alive = live.get(name);
        SegmentFile segment = alive == null ? pending.get(name) : alive.segment;
        try {
            if (segment == null) {
                return FileKind.of(name) != FileKind.UNFINISHED || deleteUnfinished(directory.resolve(name));
            }
            if (!segment.ended()) {
                return false;
            }
            if (alive == null) {
                endPending(segment);
            } else {
                fold(segment, alive.image);
            }
        } catch (IOException e) {
            LOG.warn("cannot tell whether {} is still in use: {}", name, e.getMessage());
        }
        return true;
    }

    private void fold(SegmentFile segment, ImageCounters image) throws IOException {
        String name = segment.name();
        if (!image.fold(segment, reader)) {
            dropped.add(name, "was truncated: the counters that are missing count as 0");
        }
        live.remove(name);
        segment.close();
        changed.add(image);
        folded.add(name);
        image.folded().add(new FoldedSegment(segment.inode(), name));
        unsavedBytes += segment.size();
    }

    private void endPending(SegmentFile segment) throws IOException {
        retry(segment);
        Live alive = live.get(segment.name());
        if (alive != null) {
            fold(segment, alive.image);
        } else if (pending.remove(segment.name()) != null) {
            segment.close();
            dropped.add(segment.name(), "ended before its image file was complete");
        }
    }

    private boolean deleteUnfinished(Path file) throws IOException {
        int fd;
        try {
            fd = Linux.openForReading(file);
        } catch (IOException e) {
            return true;
        }
        try {
            boolean unused = Linux.status(fd).regular() && Linux.unusedByWriters(fd);
            if (unused) {
                changes.delete(file);
            }
            return unused;
        } catch (NoSuchFileException e) {
            return true;
        } finally {
            Linux.close(fd);
        }
    }

    /** Closes all segments; their files stay. */
    void close() {
        pending.values().forEach(SegmentFile::close);
        live.values().forEach(alive -> alive.segment.close());
    }
}
