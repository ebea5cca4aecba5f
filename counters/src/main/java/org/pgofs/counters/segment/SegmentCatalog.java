package org.pgofs.counters.segment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.pgofs.counters.counts.FoldedSegment;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.format.ImageReference;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.limits.DroppedFiles;
import org.pgofs.counters.limits.LeftOut;
import org.pgofs.counters.limits.Usage;
import org.pgofs.counters.limits.WaitingSegments;
import org.pgofs.counters.linux.FileChanges;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.OverBoundException;
import org.pgofs.counters.state.SavedState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments, and the image to which each belongs. A segment is pending until its image file exists, then live, then
 * folded when its process has ended. A segment with which something is wrong is dropped; a segment over a bound waits.
 * Guarded by the store's lock.
 */
public final class SegmentCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentCatalog.class);

    private final Path directory;
    private final FileChanges changes;
    private final MemberReader reader;
    private final Usage usage;
    private final DroppedFiles dropped;
    private final WaitingSegments waiting;
    private final ImageCatalog images;
    private final MemberEpochs epochs;
    private final Map<String, SegmentFile> pending = new LinkedHashMap<>();
    private final Map<String, Live> live = new HashMap<>();
    private final Map<Long, String> inodes = new HashMap<>();
    /** The sizes of segments that are in a carry and not deleted yet; 0 for those that an earlier daemon folded. */
    private final Map<String, Long> folded = new HashMap<>();

    private long unsavedBytes;
    private boolean endsLeft;

    private record Live(SegmentFile segment, ImageCounters image, ImageReference reference) {}

    public SegmentCatalog(
            SegmentDirectory segments,
            MemberReader reader,
            Usage usage,
            LeftOut leftOut,
            ImageCatalog images,
            MemberEpochs epochs) {
        directory = segments.path();
        changes = segments.changes();
        this.reader = reader;
        this.usage = usage;
        dropped = leftOut.dropped();
        waiting = leftOut.waiting();
        this.images = images;
        this.epochs = epochs;
    }

    /** Adds what an earlier daemon knew, after its images. */
    public void restore(SavedState saved) {
        saved.foldedOfWaiting().forEach(segment -> folded.put(segment.name(), 0L));
        for (ImageCounters image : saved.images()) {
            image.folded().forEach(segment -> folded.put(segment.name(), 0L));
            deleteFolded(image);
        }
    }

    /** The number of segments that wait for their image file. */
    public int unidentified() {
        return pending.size();
    }

    /** The size of the segments that are in a carry that was not saved yet, in bytes. */
    public long unsavedBytes() {
        return unsavedBytes;
    }

    /** How many segments of ended programs are not deleted yet. */
    public long backlogSegments() {
        return folded.size();
    }

    /** The size of those of them that this daemon folded, in bytes. */
    public long backlogBytes() {
        return folded.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The carries were saved: the files of the folded segments may go. */
    public void saved() {
        images.changed().clear();
        unsavedBytes = 0;
        images.images().forEach(this::deleteFolded);
    }

    /**
     * Deletes the files of segments that are in the saved carry. A file that cannot be deleted is not counted again.
     */
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

    /** Forgets deleted image files, unless a segment waits, which may need any of them. */
    void forgetDeletedImageFiles() throws IOException {
        if (waiting.isEmpty()) {
            images.forgetDeleted();
        }
    }

    /**
     * Deletes image files that are not needed. All is saved; {@link SegmentDiscovery#tidy} is to be called when events
     * were applied.
     */
    public boolean deleteIdleImageFiles() {
        // A segment that waits may need any of them.
        return waiting.isEmpty() && images.deleteIdle();
    }

    /**
     * Takes up a segment if it is new and there is room for it. Of a known one, clears marks that could not be cleared.
     */
    public void add(String name) {
        Live alive = live.get(name);
        if (alive != null) {
            epochs.retry(alive.segment, alive.image);
            return;
        }
        if (pending.containsKey(name) || folded.containsKey(name) || dropped.contains(name) || waiting.contains(name)) {
            return;
        }
        int owner = DroppedFiles.NOBODY;
        try {
            Path file = directory.resolve(name);
            Linux.Status status = Linux.status(file);
            owner = status.uid();
            if (dropped.isFlooding(owner)) {
                dropped.addToFlood(status.inode());
            } else if (usage.counts(owner)) {
                open(file);
            } else {
                waiting.exclude(owner, status.inode());
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone already", name);
        } catch (OverBoundException e) {
            waiting.add(name, owner, e.getMessage());
        } catch (IOException | InvalidFileException | RuntimeException e) {
            // An error of one file must not keep the others from being handled.
            dropped.add(name, owner, String.valueOf(e.getMessage()));
        }
    }

    private void open(Path file) throws IOException, InvalidFileException {
        SegmentFile segment = SegmentFile.open(file, changes);
        boolean hasRoom = false;
        try {
            InvalidFileException.require(
                    !inodes.containsKey(segment.inode()), "is the same file as %s", inodes.get(segment.inode()));
            hasRoom = hasRoom(segment);
        } catch (IOException | InvalidFileException | RuntimeException | Error e) {
            segment.close();
            throw e;
        }
        place(segment);
        if (!hasRoom) {
            endIfUnused(segment.name());
        }
    }

    /**
     * Whether a segment may stay, for which there must be room. One whose process has ended need not: it is folded at
     * once.
     */
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

    /** Counts a segment, which is live or pending, if it was neither before. */
    private void hold(SegmentFile segment) {
        if (inodes.putIfAbsent(segment.inode(), segment.name()) == null) {
            usage.addSegment(segment.owner(), segment.size());
        }
    }

    /** Closes a segment, which is neither live nor pending any more, or never was. */
    private void release(SegmentFile segment) {
        segment.close();
        if (inodes.remove(segment.inode()) != null) {
            usage.removeSegment(segment.owner(), segment.size());
        }
    }

    private void drop(SegmentFile segment, String reason) {
        release(segment);
        dropped.add(segment.name(), segment.owner(), reason);
    }

    /** Takes up segments whose image file has appeared. */
    void retryPending() {
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
            epochs.finishReset(segment, image);
            image.join(segment);
            images.join(reference);
            live.put(segment.name(), new Live(segment, image, reference));
            hold(segment);
        } catch (OverBoundException e) {
            release(segment);
            waiting.add(segment.name(), segment.owner(), e.getMessage());
        } catch (IOException e) {
            LOG.debug("{} waits for its image file: {}", segment.name(), e.getMessage());
            pending.put(segment.name(), segment);
            hold(segment);
        } catch (InvalidFileException | RuntimeException e) {
            // An error of one file must not keep the others from being handled.
            drop(segment, String.valueOf(e.getMessage()));
        } catch (OutOfMemoryError e) {
            usage.shortages().note(e);
            usage.readingTime().retryLater();
            release(segment);
            waiting.add(segment.name(), segment.owner(), "there is not enough memory to read their images");
        }
    }

    /** The segments that are live or wait for their image file; a copy. */
    List<String> names() {
        List<String> names = new ArrayList<>(live.keySet());
        names.addAll(pending.keySet());
        return names;
    }

    /** The owner of a segment, if it is live or waits for its image file or for room. */
    OptionalInt owner(String name) {
        SegmentFile segment = live.containsKey(name) ? live.get(name).segment : pending.get(name);
        return segment == null ? waiting.user(name) : OptionalInt.of(segment.owner());
    }

    /**
     * Ends a segment, if nobody uses it any more.
     *
     * @return whether there is nothing more to do for the name
     */
    boolean endIfUnused(String name) {
        Live alive = live.get(name);
        SegmentFile segment = alive == null ? pending.get(name) : alive.segment;
        try {
            if (segment == null) {
                return true;
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
        } catch (OutOfMemoryError e) {
            // The segment stays live, and counts: its error must not stop work for others.
            usage.shortages().note(e);
            endsLeft = true;
            return false;
        }
        return true;
    }

    /**
     * Whether memory was short at the end of a segment since the last call: then all segments are to be checked again.
     */
    boolean takeEndsLeft() {
        boolean were = endsLeft;
        endsLeft = false;
        return were;
    }

    private void fold(Live ended) throws IOException {
        SegmentFile segment = ended.segment;
        String name = segment.name();
        boolean complete = ended.image.fold(segment, reader, images.memoryLeft(ended.image));
        if (!complete) {
            dropped.add(name, segment.owner(), "was truncated: missing counters count as 0");
        }
        if (ended.image.carry().values().isFull()) {
            dropped.add(ended.image.image().name(), segment.owner(), "observed more values than there is room for");
        }
        live.remove(name);
        release(segment);
        images.leave(ended.reference);
        folded.put(name, segment.size());
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

    /** The names of live segments whose file was deleted; they are still read through the open descriptor. */
    public List<String> deleted() throws IOException {
        return named(segment -> segment.status().links() == 0);
    }

    /** The names of live segments that were truncated. */
    public List<String> truncated() throws IOException {
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
    public void close() {
        pending.values().forEach(SegmentFile::close);
        live.values().forEach(alive -> alive.segment.close());
    }
}
