package org.pgofs.counters.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.counters.StoreFixture;
import org.pgofs.counters.TestTarget;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.limits.Bounds;
import org.pgofs.counters.limits.Bounds.Limits;
import org.pgofs.counters.limits.DroppedFile;
import org.pgofs.counters.limits.DroppedFiles;
import org.pgofs.counters.limits.LeftOut;
import org.pgofs.counters.limits.OverBound;
import org.pgofs.counters.limits.ReadingTime;
import org.pgofs.counters.limits.Usage;
import org.pgofs.counters.linux.DirectoryListing;
import org.pgofs.counters.linux.DirectoryWatch.Event;
import org.pgofs.counters.linux.DirectoryWatch.Kind;
import org.pgofs.counters.state.LastTakes;
import org.pgofs.counters.state.SavedState;
import org.pgofs.counters.state.StateDirectory;

/** By a clock and events that the test makes up, among them those that the kernel lost. A real tmpfs; needs root. */
class SegmentDiscoveryTest {
    private static final List<Event> LOST = List.of(new Event(Kind.LOST, ""));
    private static final List<Event> CLOSES_LOST = List.of(new Event(Kind.CLOSES_LOST, ""));
    private static final int USER = 54321;
    private static final Limits LARGE = new Limits(1000, 1L << 30, 1000, 1L << 30);

    @TempDir
    Path temporary;

    private SegmentDirectory directory;
    private LeftOut leftOut;
    private ImageCatalog images;
    private SegmentCatalog catalog;
    private SegmentDiscovery discovery;
    private long ms;

    @BeforeEach
    void take() throws IOException {
        directory = SegmentDirectory.acquire(temporary.resolve("segments"));
        open(LARGE);
    }

    private void open(Limits user, Integer... users) throws IOException {
        Usage usage = new Usage(new Bounds(LARGE, user, Set.of(users)), new ReadingTime());
        leftOut = new LeftOut();
        images = new ImageCatalog(directory, usage, image -> false);
        MemberReader reader = new MemberReader();
        catalog = new SegmentCatalog(
                directory, reader, usage, leftOut, images, new MemberEpochs(reader, images, leftOut));
        SavedState saved = new StateDirectory(directory.state(), directory.changes(), directory::restoreState)
                .load(new LastTakes());
        images.restore(saved);
        catalog.restore(saved);
        discovery = new SegmentDiscovery(directory, catalog, usage, leftOut, () -> TimeUnit.MILLISECONDS.toNanos(ms));
    }

    @AfterEach
    void close() throws IOException {
        catalog.close();
        directory.close();
        StoreFixture.await(() -> StoreFixture.run("umount", directory.path().toString()));
    }

    private static List<Event> event(Kind kind, TestTarget target) {
        return List.of(new Event(kind, target.path().getFileName().toString()));
    }

    private TestTarget start(long key) throws IOException {
        return TestTarget.start(directory.path(), key);
    }

    private long live() {
        return images.images().stream().mapToLong(image -> image.live().size()).sum();
    }

    @Test
    void shouldFindByAScanWhatLostEventsToldOf() throws IOException {
        try (TestTarget first = start(1);
                TestTarget second = start(2)) {
            discovery.apply(event(Kind.PUBLISHED, first));
            discovery.scanIfEventsMissed();
            assertEquals(1, live(), "there is nothing to make up for");
            discovery.apply(LOST);
            assertEquals(1, live());
            discovery.scanIfEventsMissed();
            assertEquals(2, live(), second.path() + " is found");
            try (TestTarget third = start(3)) {
                discovery.scanIfEventsMissed();
                assertEquals(2, live(), third.path() + " has an event of its own");
            }
        }
    }

    /** They are taken off the kernel's queue, and then there is not enough memory for the next ones. */
    @Test
    void shouldFindByAScanWhatEventsToldOfThatWereNotApplied() throws IOException {
        discovery.scan();
        try (TestTarget target = start(1)) {
            assertThrows(
                    OutOfMemoryError.class,
                    () -> discovery.applyAll(() -> {
                        throw new OutOfMemoryError("as if");
                    }));
            discovery.scanIfEventsMissed();
            assertEquals(1, live(), target.path() + " is found");
        }
    }

    /** Nobody waits: a scan takes time, and whoever makes events be lost makes many be. */
    @Test
    void shouldScanLaterWhenNobodyNeedsTheFilesNow() throws Exception {
        discovery.scan();
        try (TestTarget target = start(1)) {
            discovery.apply(LOST);
            assertEquals(1000, discovery.tidy());
            ms += 999;
            assertEquals(1, discovery.tidy());
            assertEquals(0, live());
            ms++;
            assertEquals(-1, discovery.tidy());
            assertEquals(1, live(), target.path() + " is found");
        }
    }

    /** Who makes closes be lost must not have every file looked at for each read of others. */
    @Test
    void shouldNotScanForAReadWhenClosesAreLost() throws IOException {
        discovery.scan();
        try (TestTarget target = start(1)) {
            discovery.apply(CLOSES_LOST);
            discovery.scanIfEventsMissed();
            assertEquals(0, live(), target.path() + " has an event of its own");
            ms += discovery.tidy();
            discovery.tidy();
            assertEquals(1, live(), "a scan is made later");
        }
    }

    /** One that found the image file just before it was deleted, as in BoundsTest, and of which no event tells. */
    @Test
    void shouldNotForgetADeletedImageFileWhileASegmentMayNeedIt() throws IOException {
        long nonce = 1L << 40;
        TestTarget own = new TestTarget(directory.path(), 1).withNonce(nonce);
        own.publishSegment(own.header());
        own.publishImage(own.image());
        discovery.apply(event(Kind.PUBLISHED, own));
        own.close();
        discovery.apply(event(Kind.CLOSED, own));
        discovery.recheckDue();
        catalog.saved();
        assertTrue(catalog.deleteIdleImageFiles());
        assertFalse(Files.exists(own.imagePath()));
        try (TestTarget reusing = new TestTarget(directory.path(), 1).withNonce(nonce)) {
            discovery.scan(); // so that the next one is due in a while
            reusing.publishSegment(reusing.header());
            discovery.apply(LOST);
            assertTrue(discovery.tidy() > 0, "the scan is to come");
            discovery.scanIfEventsMissed();
            assertEquals(1, live());
            assertEquals(0, catalog.unidentified());
        }
    }

    /** Who has as many as he may have is let in by the same round that finds the end of one. */
    @Test
    void shouldGiveRoomThatAScanFrees() throws Exception {
        open(new Limits(1, 1L << 30, 1000, 1L << 30));
        TestTarget first = start(1);
        discovery.apply(event(Kind.PUBLISHED, first));
        try (TestTarget second = start(2)) {
            discovery.apply(event(Kind.PUBLISHED, second));
            assertFalse(leftOut.waiting().isEmpty());
            discovery.scan(); // so that the next one is due in a while
            first.close();
            discovery.apply(LOST);
            ms += discovery.tidy();
            discovery.tidy();
            discovery.recheckDue();
            discovery.tidy();
            assertTrue(leftOut.waiting().isEmpty());
            assertEquals(1, live());
        }
    }

    /** By the name of a file that is not finished, no one may keep the store busy either. */
    @Test
    void shouldDropUnfinishedFilesThatAreNone() throws IOException {
        Path file = directory.path().resolve("t-1");
        assertTrue(StoreFixture.run("mkfifo", file.toString()));
        Files.createSymbolicLink(directory.path().resolve("t-2"), Path.of("/etc/passwd"));
        Files.createDirectory(directory.path().resolve("t-3"));
        discovery.apply(List.of(new Event(Kind.CLOSED, "t-1")));
        assertEquals(-1, discovery.recheckDue());
        discovery.scan();
        assertEquals(
                List.of("t-1", "t-2", "t-3"),
                leftOut.dropped().list().stream().map(DroppedFile::file).toList());
    }

    /** One user opens and closes the segments of a program without end; what others read must not wait for that. */
    @Test
    void shouldLookAtSomeOfTheSegmentsOfAUserForARead() throws IOException {
        List<TestTarget> targets = new ArrayList<>();
        for (int i = 0; i < 3 * Rechecks.IN_VAIN; i++) {
            targets.add(start(1));
            Files.setAttribute(targets.get(i).path(), "unix:uid", USER);
            Files.setAttribute(targets.get(i).imagePath(), "unix:uid", USER);
        }
        try (TestTarget other = start(2)) {
            discovery.scan();
            assertEquals(targets.size() + 1, live());
            for (int read = 1; read <= 10; read++) {
                long before = discovery.looks();
                for (TestTarget target : targets) {
                    discovery.apply(event(Kind.CLOSED, target));
                }
                discovery.apply(CLOSES_LOST);
                discovery.apply(event(Kind.CLOSED, other));
                discovery.scanIfEventsMissed();
                discovery.recheck();
                assertEquals(Rechecks.IN_VAIN + 1, discovery.looks() - before, "for read " + read);
            }
        }
        discovery.recheck();
        assertEquals(targets.size(), live(), "the end of the other one is seen");
        for (TestTarget target : targets) {
            target.close();
        }
        discovery.recheck();
        assertEquals(0, live());
    }

    @Test
    void shouldListNamesAsEventsHaveThem() throws IOException {
        List<String> made = List.of("s-1", "x\n", "y\u00e9", "z".repeat(255));
        for (String name : made) {
            // No text of the JDK has every byte.
            assertTrue(StoreFixture.run(
                    "bash",
                    "-c",
                    "printf -v name \"$1\"; : >\"$2/$name\"",
                    "x",
                    name.replace("\u00e9", "\\xe9"),
                    directory.path().toString()));
        }
        DirectoryListing listing = new DirectoryListing(directory.path());
        Collection<String> names = listing.list(number -> false).values();
        assertTrue(names.containsAll(made), names::toString);
        assertTrue(names.contains(".state"));
        long first = (Long) Files.getAttribute(directory.path().resolve("s-1"), "unix:ino");
        SortedMap<Long, String> others = listing.list(number -> number == first);
        assertFalse(others.containsValue("s-1"));
        assertEquals(names.size() - 1, others.size());
    }

    @Test
    void shouldPassOverTheFilesOfUsersWhoDoNotCount() throws IOException {
        open(LARGE, USER);
        try (TestTarget left = start(1);
                TestTarget counted = start(2)) {
            Files.setAttribute(counted.path(), "unix:uid", USER);
            for (int i = 0; i < 3; i++) {
                discovery.scan();
                assertEquals(
                        List.of(new OverBound(0, "is excluded by -o users=", 1)),
                        leftOut.waiting().list());
            }
            assertTrue(leftOut.waiting().isExcluded((Long) Files.getAttribute(left.path(), "unix:ino")));
            assertFalse(leftOut.waiting().isExcluded((Long) Files.getAttribute(counted.path(), "unix:ino")));
        }
    }

    @Test
    void shouldListAllOfManyFiles() throws IOException {
        int files = 20_000;
        for (int i = 0; i < files; i++) {
            Files.createFile(directory.path().resolve("x" + i));
        }
        Collection<String> names =
                new DirectoryListing(directory.path()).list(number -> false).values();
        assertEquals(
                files,
                names.stream().filter(name -> name.startsWith("x")).distinct().count());
    }

    /** To look at each of a million files by itself took seconds, for every read. */
    @Test
    void shouldPassOverTheFilesOfAUserWhoFloodsTheDirectory() throws IOException {
        for (int i = 0; i < DroppedFiles.FLOOD; i++) {
            leftOut.dropped().add("s-x" + i, USER, "is bad");
        }
        for (int i = 0; i < 3; i++) {
            Path file = directory.path().resolve("s-" + i);
            Files.createFile(file);
            Files.setAttribute(file, "unix:uid", USER);
        }
        try (TestTarget target = start(1)) {
            long before = leftOut.dropped().more();
            discovery.scan();
            assertEquals(
                    before + 3 - (DroppedFiles.FLOOD - DroppedFiles.KEPT_OF_USER),
                    leftOut.dropped().more());
            assertEquals(1, live());
            long number = (Long) Files.getAttribute(directory.path().resolve("s-1"), "unix:ino");
            assertTrue(leftOut.dropped().isInFlood(number));
            assertFalse(leftOut.dropped().isInFlood((Long) Files.getAttribute(target.path(), "unix:ino")));
            Files.delete(directory.path().resolve("s-1"));
            discovery.scan();
            assertFalse(leftOut.dropped().isInFlood(number), "it is gone");
        }
    }
}
