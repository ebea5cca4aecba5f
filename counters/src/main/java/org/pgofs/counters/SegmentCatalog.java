package org.pgofs.counters;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.pgofs.counters.SavedImage.Epoch;
import org.pgofs.counters.SavedImage.FoldedSegment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which segments there are and to which image each belongs. A segment goes from pending (its image file is not there
 * yet) to live to folded; or it is dropped, because something is wrong with it; or it waits, because there are too many.
 * Guarded by the store's lock.
 */
final class SegmentCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentCatalog.class);
    static final String TEMPORARY_PREFIX = "t-";
    private static final int RECHECKS = 12;

    /** Of nobody, as files of which the owner is not known. */
    private static final int NOBODY = -1;

    /** A scan looks at every file: not more often, however often events are lost on purpose. */
    private static final long SCAN_DELAY_NS = TimeUnit.SECONDS.toNanos(1);

    private final Path directory;
    private final FileChanges changes;
    private final SegmentReader reader;
    private final Usage usage;
    private final ImageCatalog images;
    private final Map<String, SegmentFile> pending = new LinkedHashMap<>();
    private final Map<String, Live> live = new HashMap<>();
    private final Map<Long, String> inodes = new HashMap<>();
    private final Set<String> folded = new HashSet<>();
    private final Map<String, Epoch> epochs = new HashMap<>();
    private final DroppedFiles dropped = new DroppedFiles();
    private final RefusedLog refused;
    private final WaitingSegments waiting = new WaitingSegments();
    private final Map<String, Integer> recheck = new HashMap<>();
    private long unsavedBytes;
    private long scanNotBefore = System.nanoTime();
    private boolean scanDue;

    private record Live(SegmentFile segment, ImageCounters image, ImageReference reference) {}

    /**
     * A catalog of nothing yet.
     *
     * @param segments where they are
     * @param isHeld tells images that must not be forgotten
     */
    SegmentCatalog(SegmentDirectory segments, SegmentReader reader, Bounds bounds, Predicate<ImageCounters> isHeld) {
        directory = segments.path();
        changes = segments.changes();
        this.reader = reader;
        refused = new RefusedLog(directory);
        usage = new Usage(bounds);
        images = new ImageCatalog(directory, changes, usage, isHeld);
    }

    /** Adds what an earlier daemon knew. */
    void restore(SavedState saved) {
        images.restore(saved);
        epochs.putAll(saved.epochs());
        saved.foldedOfWaiting().forEach(segment -> folded.add(segment.name()));
        for (ImageCounters image : saved.images()) {
            image.folded().forEach(segment -> folded.add(segment.name()));
            deleteFolded(image);
        }
    }

    /** The images, in a lasting order. */
    Collection<ImageCounters> images() {
        return images.images();
    }

    ImageCounters image(String digest) {
        return images.image(digest);
    }

    /** Reads the image file of an image that no segment brings. */
    StoredImage readImage(byte[] file, String path) throws InvalidFileException {
        return images.read(file, path);
    }

    /** Adds such an image, or finds the one that it is. */
    ImageCounters add(StoredImage image) {
        return images.add(image);
    }

    DroppedFiles dropped() {
        return dropped;
    }

    RefusedLog refused() {
        return refused;
    }

    WaitingSegments waiting() {
        return waiting;
    }

    Usage usage() {
        return usage;
    }

    /** The number of segments that wait for their image file. */
    int unidentified() {
        return pending.size();
    }

    /** The images whose carry was not saved yet. */
    Set<ImageCounters> changed() {
        return images.changed();
    }

    /** The size of the segments that are in a carry that was not saved yet, in bytes. */
    long unsavedBytes() {
        return unsavedBytes;
    }

    /** The carries were saved: the files of the folded segments may go. */
    void saved() {
        changed().clear();
        unsavedBytes = 0;
        images.images().forEach(this::deleteFolded);
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

    /**
     * Looks at every file of the directory that was not dropped, the oldest first: who had room before this store was opened has it again,
     * before those who came later.
     */
    void scan() throws IOException {
        scanNotBefore = System.nanoTime() + SCAN_DELAY_NS;
        waiting.forgetUnnamed();
        dropped.beginScan();
        names().forEach(this::found);
        dropped.endScan();
        retryPending();
        for (String name : List.copyOf(live.keySet())) {
            endIfUnused(name);
        }
        for (String name : List.copyOf(pending.keySet())) {
            endIfUnused(name);
        }
    }

    private Collection<String> names() throws IOException {
        SortedMap<Long, String> names = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (dropped.contains(name)) {
                    continue; // there may be very many of them
                }
                try {
                    // The numbers of a tmpfs ascend.
                    names.put((Long) Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS), name);
                } catch (NoSuchFileException e) {
                    LOG.debug("{} is gone already", file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names.values();
    }

    void apply(List<DirectoryWatch.Event> events) throws IOException {
        boolean lost = false;
        for (DirectoryWatch.Event event : events) {
            switch (event.kind()) {
                case PUBLISHED -> found(event.name());
                case CLOSED -> checkClosed(event.name());
                case LOST -> lost = true;
            }
        }
        if (lost) {
            scan();
        }
        // Once for all image files that came, and for a nonce that was written a moment after one of them came.
        retryPending();
    }

    private void checkClosed(String name) {
        if (waiting.contains(name)) {
            retryWaiting(name);
        }
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

    /**
     * Takes up segments that waited, if there is room for some, and forgets image files that went. All events have been
     * applied.
     *
     * @return milliseconds until it is to be called again, -1 for never
     */
    int tidy() throws IOException {
        if (waiting.isEmpty()) {
            images.forgetDeleted();
        }
        if (usage.takeFreed()) {
            retryWaiting();
            scanDue = waiting.hasUnnamed();
        }
        if (!scanDue) {
            return -1;
        }
        long delay = scanNotBefore - System.nanoTime();
        if (delay > 0) {
            return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(delay));
        }
        scanDue = false;
        scan();
        return -1;
    }

    /** Deletes image files that are not needed. All is saved; {@link #tidy} is to be called when events were applied. */
    boolean deleteIdleImageFiles() {
        // What waits may need any of them.
        return waiting.isEmpty() && images.deleteIdle();
    }

    private void retryWaiting() {
        Set<Integer> full = new HashSet<>();
        waiting.users().forEach((name, user) -> {
            if (!full.contains(user) && !retryWaiting(name)) {
                full.add(user);
            }
        });
    }

    private boolean retryWaiting(String name) {
        waiting.remove(name);
        foundSegment(name);
        boolean taken = !waiting.contains(name);
        if (taken && !endIfUnused(name)) {
            recheck.put(name, RECHECKS);
        }
        return taken;
    }

    private void found(String name) {
        switch (FileKind.of(name)) {
            case SEGMENT -> foundSegment(name);
            case UNFINISHED -> endIfUnused(name);
            case REFUSAL -> foundRefusal(name);
            case FOREIGN -> dropped.add(name, NOBODY, "is not a file of pgofs");
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
            dropped.add(name, NOBODY, e.getMessage());
        }
    }

    private void foundSegment(String name) {
        if (live.containsKey(name)
                || pending.containsKey(name)
                || folded.contains(name)
                || dropped.contains(name)
                || waiting.contains(name)) {
            return;
        }
        int owner = NOBODY;
        try {
            Path file = directory.resolve(name);
            owner = Linux.status(file).uid();
            if (dropped.isFlooding(owner)) {
                dropped.add(name, owner, "is one of too many");
            } else if (usage.counts(owner)) {
                open(file);
            } else {
                waiting.exclude(owner);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone already", name);
        } catch (OverBoundException e) {
            waiting.add(name, owner, e.getMessage());
        } catch (IOException | InvalidFileException | RuntimeException e) {
            // Whatever one file brings about, the others are looked at.
            dropped.add(name, owner, String.valueOf(e.getMessage()));
        }
    }

    private void open(Path file) throws IOException, InvalidFileException {
        SegmentFile segment = SegmentFile.open(file, changes);
        boolean hasRoom = false;
        try {
            InvalidFileException.require(
                    !inodes.containsKey(segment.inode()), "is the file that was %s", inodes.get(segment.inode()));
            hasRoom = hasRoom(segment);
        } catch (IOException | InvalidFileException e) {
            segment.close();
            throw e;
        }
        usage.addSegment(segment.owner(), segment.size());
        inodes.put(segment.inode(), segment.name());
        place(segment);
        if (!hasRoom) {
            endIfUnused(segment.name());
        }
    }

    /** Whether a segment may stay; one that has ended does not, and needs no room. */
    private boolean hasRoom(SegmentFile segment) throws IOException {
        try {
            usage.requireSegment(segment.owner(), segment.size());
            return true;
        } catch (OverBoundException e) {
            if (segment.ended()) {
                return false;
            }
            throw e;
        }
    }

    /** Closes a segment, which is neither live nor pending any more. */
    private void release(SegmentFile segment) {
        segment.close();
        inodes.remove(segment.inode());
        usage.removeSegment(segment.owner(), segment.size());
    }

    private void drop(SegmentFile segment, String reason) {
        release(segment);
        dropped.add(segment.name(), segment.owner(), reason);
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
                changed().add(image);
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
            changed().add(image);
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
            dropped.add(member.name(), NOBODY, "cannot be cleared, what it covered counts on: " + e.getMessage());
        }
    }

    /** Notes that the marks of a member are cleared. */
    void publishCleared(Member member) {
        try {
            member.publishCleared();
        } catch (IOException e) {
            dropped.add(member.name(), NOBODY, "cannot be told that it is cleared: " + e.getMessage());
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
            drop(segment, e.getMessage());
        }
    }

    /** Makes a segment live, or pending. */
    private void place(SegmentFile segment) {
        try {
            ImageReference reference = segment.image();
            ImageCounters image = images.find(segment);
            finishReset(segment, image);
            image.join(segment);
            images.join(reference);
            live.put(segment.name(), new Live(segment, image, reference));
        } catch (OverBoundException e) {
            release(segment);
            waiting.add(segment.name(), segment.owner(), e.getMessage());
        } catch (IOException e) {
            LOG.debug("{} waits for its image file: {}", segment.name(), e.getMessage());
            pending.put(segment.name(), segment);
        } catch (InvalidFileException | RuntimeException e) {
            // Whatever one file brings about, the others are looked at.
            drop(segment, String.valueOf(e.getMessage()));
        }
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
                fold(alive);
            }
        } catch (IOException e) {
            LOG.warn("cannot tell whether {} is still in use: {}", name, e.getMessage());
        }
        return true;
    }

    private void fold(Live ended) throws IOException {
        SegmentFile segment = ended.segment;
        String name = segment.name();
        boolean complete = ended.image.fold(segment, reader, images.memoryLeft(ended.image));
        if (!complete) {
            dropped.add(name, segment.owner(), "was truncated: the counters that are missing count as 0");
        }
        if (ended.image.carry().values().isFull()) {
            dropped.add(ended.image.image().name(), segment.owner(), "observed more values than there is room for");
        }
        live.remove(name);
        release(segment);
        images.leave(ended.reference);
        folded.add(name);
        ended.image.folded().add(new FoldedSegment(segment.inode(), name));
        unsavedBytes += segment.size();
    }

    private void endPending(SegmentFile segment) throws IOException {
        retry(segment);
        Live alive = live.get(segment.name());
        if (alive != null) {
            fold(alive);
        } else if (pending.remove(segment.name()) != null) {
            drop(segment, "ended before its image file was complete");
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

    /** The names of live segments whose file was deleted; the open one is read on. */
    List<String> deleted() throws IOException {
        return named(segment -> segment.status().links() == 0);
    }

    /** The names of live segments of which a part is missing. */
    List<String> truncated() throws IOException {
        return named(SegmentFile::isTruncated);
    }

    private interface Condition {
        boolean holds(SegmentFile segment) throws IOException;
    }

    private List<String> named(Condition condition) throws IOException {
        List<String> names = new ArrayList<>();
        for (Live alive : live.values()) {
            if (names.size() < DroppedFiles.KEPT && condition.holds(alive.segment)) {
                names.add(alive.segment.name());
            }
        }
        return names;
    }

    /** Closes all segments; their files stay. */
    void close() {
        pending.values().forEach(SegmentFile::close);
        live.values().forEach(alive -> alive.segment.close());
    }
}
