package org.pgofs.counters.segment;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.Refusal;
import org.pgofs.counters.limits.DroppedFiles;
import org.pgofs.counters.limits.LeftOut;
import org.pgofs.counters.limits.ReadingTime;
import org.pgofs.counters.limits.Usage;
import org.pgofs.counters.limits.WaitingSegments;
import org.pgofs.counters.linux.DirectoryListing;
import org.pgofs.counters.linux.DirectoryWatch;
import org.pgofs.counters.linux.FileChanges;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.OverBoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds files in the segment directory, by events and by scans, and hands each to the catalogue that handles it.
 * Guarded by the store's lock.
 */
public final class SegmentDiscovery {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentDiscovery.class);

    /**
     * A scan reads the whole directory. Unless somebody needs it now, it starts at least a second after the last one,
     * and scans take at most a tenth of the time.
     */
    private static final long SCAN_DELAY_NS = TimeUnit.SECONDS.toNanos(1);

    private static final int SCAN_SHARE = 10;

    /**
     * Segments that wait are tried again at least so often, because no event says that a lease is gone or that there is
     * memory. If the first segment of a user must still wait, that user's other segments are not tried.
     */
    private static final long RETRY_DELAY_NS = TimeUnit.SECONDS.toNanos(1);

    private final Path directory;
    private final DirectoryListing listing;
    private final FileChanges changes;
    private final SegmentCatalog catalog;
    private final Usage usage;
    private final ReadingTime readingTime;
    private final DroppedFiles dropped;
    private final WaitingSegments waiting;
    private final RefusedLog refused;
    private final LongSupplier clock;
    private final Rechecks rechecks;
    private final ProfileDirectories profiles;
    private long scanNotBefore;
    private long retryNotBefore;
    private boolean scanDue;
    /** Whether events were lost, or not applied because of an error: only a scan finds the files that they reported. */
    private boolean eventsMissed;

    /** By a clock in nanoseconds. */
    public SegmentDiscovery(
            SegmentDirectory segments, SegmentCatalog catalog, Usage usage, LeftOut leftOut, LongSupplier clock) {
        this.clock = clock;
        rechecks = new Rechecks(clock);
        scanNotBefore = clock.getAsLong();
        retryNotBefore = scanNotBefore;
        directory = segments.path();
        listing = new DirectoryListing(directory);
        changes = segments.changes();
        this.catalog = catalog;
        this.usage = usage;
        readingTime = usage.readingTime();
        dropped = leftOut.dropped();
        waiting = leftOut.waiting();
        refused = segments.refused();
        profiles = new ProfileDirectories(directory, usage, dropped);
    }

    /**
     * How often an image was refused, by reason. If the log cannot be read or made again, nothing else fails; the log
     * is then among the files that are left out.
     */
    public Map<Refusal, Long> refused() {
        try {
            return refused.counts();
        } catch (IOException e) {
            dropped.add(RefusedLog.NAME, DroppedFiles.NOBODY, "cannot be read: " + e.getMessage());
            return Map.of();
        }
    }

    /** Forgets all refusals until now, if the log can be cleared. */
    public void clearRefused() {
        try {
            refused.clear();
        } catch (IOException e) {
            LOG.warn("what was refused before is still counted: {}", e.toString());
        }
    }

    /** The directories into which programs write profiles. */
    public ProfileDirectories profiles() {
        return profiles;
    }

    /** How many checks of closed files were made. */
    long looks() {
        return rechecks.looks();
    }

    /**
     * Reads the directory and handles every file that was not dropped, the oldest first: so segments that had room
     * before this store was opened get it again before newer ones.
     */
    public void scan() throws IOException {
        long begin = clock.getAsLong();
        scanNotBefore = begin + SCAN_DELAY_NS;
        eventsMissed = true; // a scan that fails is made again
        waiting.beginScan();
        dropped.beginScan();
        // Inode numbers of a tmpfs ascend.
        for (String name : listing.list(inode -> dropped.isInFlood(inode) || waiting.isExcluded(inode))
                .values()) {
            if (!dropped.contains(name)) {
                found(name);
            }
        }
        dropped.endScan();
        waiting.endScan();
        catalog.retryPending();
        scanDue = false;
        catalog.names().forEach(this::perhapsClosed);
        eventsMissed = false;
        long end = clock.getAsLong();
        scanNotBefore = Math.max(scanNotBefore, end + SCAN_SHARE * (end - begin));
    }

    /** Makes up for events that were missed, for somebody who needs all files now. */
    public void scanIfEventsMissed() throws IOException {
        if (eventsMissed) {
            scan();
        }
    }

    /** A source of events. Events that were drained from it but not applied count as missed. */
    public interface Events {
        List<DirectoryWatch.Event> drain() throws IOException;
    }

    /**
     * Applies all events that there are.
     *
     * @return whether there were any
     */
    public boolean applyAll(Events source) throws IOException {
        boolean missed = eventsMissed;
        eventsMissed = true; // if an error ends this
        List<DirectoryWatch.Event> events = source.drain();
        eventsMissed = missed;
        apply(events);
        return !events.isEmpty();
    }

    void apply(List<DirectoryWatch.Event> events) throws IOException {
        boolean missed = eventsMissed;
        eventsMissed = true; // if an error ends this
        for (DirectoryWatch.Event event : events) {
            switch (event.kind()) {
                case PUBLISHED -> found(event.name());
                case CLOSED -> closed(event.name());
                case CLOSES_LOST -> scanDue = true;
                case LOST -> missed = true;
            }
        }
        // Once for all image files that came, and for a nonce that was written a moment after one of them came.
        catalog.retryPending();
        eventsMissed = missed;
    }

    private void closed(String name) {
        // A scan looks at all segments too.
        owner(name).ifPresent(owner -> scanDue |= !rechecks.add(name, owner));
    }

    private void perhapsClosed(String name) {
        owner(name).ifPresent(owner -> scanDue |= !rechecks.addOnce(name, owner));
    }

    private OptionalInt owner(String name) {
        return FileKind.of(name) == FileKind.UNFINISHED ? OptionalInt.of(DroppedFiles.NOBODY) : catalog.owner(name);
    }

    /** Checks segments again that were closed lately and were still in use. */
    public void recheck() {
        rechecks.lookAtNewest(name -> FileKind.of(name) == FileKind.SEGMENT && endIfUnused(name));
    }

    /**
     * Checks those of them again that are due.
     *
     * @return milliseconds until it is to be called again, -1 for never
     */
    public int recheckDue() {
        return rechecks.lookAtDue(this::endIfUnused);
    }

    /**
     * Takes up waiting segments if there is room, and forgets deleted image files. The caller has applied all events.
     *
     * @return milliseconds until it is to be called again, -1 for never
     */
    public int tidy() throws IOException {
        scanDue |= catalog.takeEndsLeft();
        if (scanInMs() == 0) {
            scan();
            recheckDue();
        }
        if (!eventsMissed) {
            catalog.forgetDeletedImageFiles();
        }
        boolean freed = usage.pollFreed();
        if (freed || retryInMs() == 0) {
            retryWaiting();
        }
        scanDue |= waiting.hasUnnamed() && (freed || !waiting.hasNamed());
        return IntStream.of(readingTime.readyInMs(), scanInMs(), retryInMs(), rechecks.dueInMs())
                .filter(delay -> delay != -1)
                .min()
                .orElse(-1);
    }

    /** Milliseconds until waiting segments are to be tried again, -1 for never. */
    private int retryInMs() {
        return waiting.hasNamed() ? millisecondsTo(retryNotBefore) : -1;
    }

    private int millisecondsTo(long time) {
        long delay = time - clock.getAsLong();
        return delay <= 0 ? 0 : (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(delay));
    }

    /** Milliseconds until a scan is to be made, -1 for never. */
    private int scanInMs() {
        if (!scanDue && !eventsMissed) {
            return -1;
        }
        return millisecondsTo(scanNotBefore);
    }

    private void retryWaiting() {
        long begin = clock.getAsLong();
        Set<Integer> full = new HashSet<>();
        waiting.users().forEach((name, user) -> {
            if (!full.contains(user) && !retryWaiting(name)) {
                full.add(user);
            }
        });
        long end = clock.getAsLong();
        retryNotBefore = Math.max(begin + RETRY_DELAY_NS, end + SCAN_SHARE * (end - begin));
    }

    /** Returns whether the segment waits no more. */
    private boolean retryWaiting(String name) {
        waiting.remove(name);
        catalog.add(name);
        closed(name); // it may have been closed meanwhile
        return !waiting.contains(name);
    }

    private void found(String name) {
        switch (FileKind.of(name)) {
            case SEGMENT -> catalog.add(name);
            case UNFINISHED -> endIfUnused(name);
            case REFUSAL -> foundRefusal(name);
            case PROFILES -> profiles.found(name);
            case FOREIGN -> dropped.add(name, DroppedFiles.NOBODY, "is not a file of pgofs");
            case IMAGE, STATE -> {
                // An image file is read when a segment asks for it.
            }
        }
    }

    private void foundRefusal(String name) {
        try {
            refused.adopt(name);
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone already", name);
        } catch (IOException | InvalidFileException e) {
            dropped.add(name, DroppedFiles.NOBODY, e.getMessage());
        }
    }

    private boolean endIfUnused(String name) {
        try {
            if (FileKind.of(name) == FileKind.UNFINISHED) {
                return deleteUnfinished(directory.resolve(name));
            }
            if (waiting.contains(name)) {
                waiting.remove(name);
                catalog.add(name);
            }
            // A live segment may wait too, until its marks can be cleared.
            return catalog.endIfUnused(name) && !waiting.contains(name);
        } catch (IOException e) {
            LOG.warn("cannot tell whether {} is still in use: {}", name, e.getMessage());
            return true;
        }
    }

    private boolean deleteUnfinished(Path file) throws IOException {
        int fd;
        try {
            Linux.Status status = Linux.status(file);
            if (dropped.isFlooding(status.uid())) {
                dropped.addToFlood(status.inode());
                return true;
            }
            if (!status.regular()) {
                dropped.add(file.getFileName().toString(), status.uid(), "is not a regular file");
                return true;
            }
            fd = Linux.openInForeignDirectory(file);
        } catch (OverBoundException e) {
            return false;
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
}
