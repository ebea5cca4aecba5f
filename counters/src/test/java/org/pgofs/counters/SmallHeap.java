package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.RecordLayout;
import org.pgofs.counters.format.SegmentLayout;
import org.pgofs.counters.format.ValueSiteLayout;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.limits.Bounds;
import org.pgofs.counters.segment.SegmentDirectory;

/**
 * A program, run with little heap: two users fill what they may have of the memory with counters that are holes and cost
 * them nothing, or with observed values, and then everything that is done with counts is done. It prints what went wrong.
 */
final class SmallHeap {
    private static final int FIRST_USER = 1000;
    private static final int USERS = 2;
    /** How much memory there is when there is little, in bytes. */
    private static final int SPARE = 1 << 18;

    /** How many value sites the images of a user have together: far more than there is memory for. */
    private static final int SITES = 60_000;

    private final Path directory;
    private final boolean bytes;
    private final boolean values;
    private final int images;
    private final boolean full;
    private final Bounds bounds = Bounds.of(Runtime.getRuntime().maxMemory());

    private SmallHeap(Path directory, String kind, int images, boolean full) {
        this.directory = directory;
        bytes = kind.equals("bytes");
        values = kind.equals("values");
        this.images = images;
        this.full = full;
    }

    /**
     * Runs.
     *
     * @param arguments a directory, "bytes" or "sums" for what the counters are or "values" for few counters and many
     *     values, how many images a user has, "full" if they take up all that he may have
     */
    public static void main(String[] arguments) throws Exception {
        new SmallHeap(Path.of(arguments[0]), arguments[1], Integer.parseInt(arguments[2]), arguments[3].equals("full"))
                .run();
    }

    private void run() throws Exception {
        List<TestTarget> targets = new ArrayList<>();
        try (SegmentDirectory taken = SegmentDirectory.acquire(directory)) {
            for (int user = 0; user < USERS; user++) {
                for (int i = 0; i < images; i++) {
                    int key = user * images + i + 1;
                    targets.add(values ? startWithValues(FIRST_USER + user, key) : start(FIRST_USER + user, key));
                }
            }
            try (CounterStore store = CounterStore.open(taken, bounds)) {
                if (values) {
                    checkValues(store);
                }
                if (full) {
                    doEverything(store);
                    for (TestTarget target : targets) {
                        target.close();
                    }
                    doEverything(store);
                } else {
                    beShort(store);
                }
            }
        }
        System.out.println("done");
    }

    private TestTarget start(int user, int key) throws IOException {
        int size = largest(key);
        TestTarget target = new TestTarget(directory, key);
        int end = TestTarget.COUNTERS_AT + size;
        target.publishSegment(target.header()
                .putLong(SegmentLayout.RAW_VERSION, rawVersion())
                .putLong(SegmentLayout.FILE_SIZE, end)
                .putLong(SegmentLayout.COUNTERS + Long.BYTES, size)
                .putLong(SegmentLayout.VALUE_SITES, 0)
                .putLong(SegmentLayout.VALUE_SITES + Long.BYTES, 0));
        target.truncate(end);
        target.write(end - 1, (byte) 0);
        target.publishImage(image(target, size));
        target.set(key, 2, 3);
        own(target, user);
        return target;
    }

    private static void own(TestTarget target, int user) throws IOException {
        Files.setAttribute(target.path(), "unix:uid", user);
        Files.setAttribute(target.imagePath(), "unix:uid", user);
    }

    private TestTarget startWithValues(int user, int key) throws IOException {
        int sites = SITES / images;
        long size = (long) sites * ValueSiteLayout.SIZE;
        TestTarget target = new TestTarget(directory, key);
        target.publishSegment(target.header()
                .putLong(SegmentLayout.FILE_SIZE, TestTarget.SITES_AT + size)
                .putLong(SegmentLayout.VALUE_SITES + Long.BYTES, size));
        ByteBuffer site = ByteBuffer.allocate(ValueSiteLayout.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        site.putLong(target.epoch());
        for (long slot = 0; slot < ValueSiteLayout.SLOTS; slot++) {
            site.putLong(slot).putLong(1);
        }
        for (int i = 0; i < sites; i++) {
            target.write(TestTarget.SITES_AT + (long) i * ValueSiteLayout.SIZE, site.array());
        }
        target.publishImage(target.image()
                .putLong(ImageLayout.VALUE_SITES, sites)
                .putShort(ImageLayout.SIZE + RecordLayout.VALUE_SITES, (short) sites)
                .putShort(ImageLayout.SIZE + RecordLayout.VALUE_SITES + Short.BYTES, (short) 0));
        target.set(key, 2, 3);
        own(target, user);
        return target;
    }

    private long rawVersion() {
        return TestTarget.RAW_VERSION | (bytes ? Variant.BYTE_COVERAGE : 0);
    }

    private ByteBuffer image(TestTarget target, int size) {
        int record = ImageLayout.SIZE;
        int counterSize = bytes ? Byte.BYTES : Long.BYTES;
        ByteBuffer image = target.image();
        image.putLong(ImageLayout.RAW_VERSION, rawVersion())
                .putLong(ImageLayout.COUNTERS_SIZE, size)
                .putLong(ImageLayout.VALUE_SITES, 0)
                .putInt(record + RecordLayout.COUNTERS, (size - 16) / counterSize)
                .putShort(record + RecordLayout.VALUE_SITES, (short) 0)
                .putShort(record + RecordLayout.VALUE_SITES + Short.BYTES, (short) 0)
                .putLong(record + RecordLayout.SIZE + RecordLayout.COUNTERS_OFFSET, size - 8)
                .putInt(record + RecordLayout.SIZE + RecordLayout.COUNTERS, 1);
        return image;
    }

    /** The size of counters with which an image takes up its part of what the user may have. */
    private int largest(int key) throws IOException {
        ByteBuffer image = image(new TestTarget(directory, key), 1 << 20);
        long most = bounds.user().memory() / images * (full ? 4 : 3) / 4;
        int size = 0;
        try {
            for (int bit = 1 << 29; bit >= 8; bit /= 2) {
                image.order(ByteOrder.LITTLE_ENDIAN).putLong(ImageLayout.COUNTERS_SIZE, size + bit);
                if (StoredImage.memory(ImageLayout.read(image, image.capacity()), image.capacity()) <= most) {
                    size += bit;
                }
            }
        } catch (InvalidFileException e) {
            throw new IOException(e);
        }
        return size;
    }

    private void doEverything(CounterStore store) throws IOException {
        check(
                store.images().size() == USERS * images,
                "all images are within bounds: " + store.status().overBounds());
        for (int i = 0; i < 3; i++) {
            take(store, "all", all -> all);
        }
        for (Image image : store.images()) {
            take(store, image.name(), all -> List.of(image));
        }
        take(store, "all", all -> all);
        try (Freeze freeze = store.startFreeze(all -> all)) {
            freeze.await();
            check(freeze.snapshots().size() == USERS * images, "all are frozen");
        }
        check(store.lastTake("all").size() == USERS * images, "all were taken");
        store.reset(all -> all);
        check(store.status().images().size() <= USERS * images, "no more");
    }

    /** Each user has room for some, neither for all, and the status says so. */
    private void checkValues(CounterStore store) throws IOException {
        long[] ofUsers = new long[USERS];
        for (Snapshot snapshot : store.freeze(all -> all)) {
            long key = snapshot.counters().order(ByteOrder.LITTLE_ENDIAN).getLong(0);
            ofUsers[(int) (key - 1) / images] += snapshot.values().size();
        }
        for (long values : ofUsers) {
            check(values > 0 && values < (long) SITES * ValueSiteLayout.SLOTS, values + " values");
        }
        long told = store.status().dropped().stream()
                .filter(file -> file.reason().contains("more values"))
                .count();
        check(told >= USERS, told + " images have more values");
    }

    /** There is nearly no memory for a while. What fails then leaves nothing behind, and works when there is some. */
    private void beShort(CounterStore store) throws IOException {
        List<Byte> before = firstCounts(store);
        TestTarget late = new TestTarget(directory, Short.MAX_VALUE);
        ByteBuffer large = withName(late.image(), 2 << 20);
        List<byte[]> ballast = new ArrayList<>();
        fill(ballast);
        late.publishSegment(late.header());
        late.publishImage(large);
        int failed = 0;
        for (int i = 0; i < 3; i++) {
            failed += fails(store, () -> take(store, "all", all -> all)) ? 1 : 0;
            fill(ballast); // a collection has found some
            failed += fails(store, () -> store.reset(all -> all)) ? 1 : 0;
            fill(ballast);
        }
        ballast.clear();
        check(failed == 6, failed + " of 6 failed");
        check(store.shortages().shortage().isPresent(), "it is known");
        check(!store.isTakeInProgress(), "none is left");
        StoreFixture.await(() -> store.images().size() == USERS * images + 1);
        check(firstCounts(store).containsAll(before), "nothing changed");
        late.close();
        StoreFixture.await(() -> store.status().images().stream().anyMatch(image -> image.ended() == 1));
        take(store, "all", all -> all);
        store.reset(all -> all);
        store.status();
    }

    private static void fill(List<byte[]> ballast) {
        for (int piece = 1 << 22; piece >= 1 << 12; piece /= 2) {
            try {
                while (true) {
                    ballast.add(new byte[piece]);
                }
            } catch (OutOfMemoryError e) {
                // Then smaller ones.
            }
        }
        int left = SPARE;
        while (left > 0) {
            left -= ballast.remove(ballast.size() - 1).length;
        }
    }

    private interface Action {
        void act() throws IOException;
    }

    /** As the mount does, it notes what went wrong. */
    private static boolean fails(CounterStore store, Action action) {
        try {
            action.act();
            return false;
        } catch (IOException | OutOfMemoryError e) {
            store.shortages().note(e);
            return true;
        }
    }

    private static ByteBuffer withName(ByteBuffer image, int length) {
        int begin = image.capacity();
        ByteBuffer file = ByteBuffer.allocate(begin + 5 + length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(image.rewind());
        for (int shift = 0; shift < 28; shift += 7) {
            file.put((byte) (((length >> shift) & 127) | (shift < 21 ? 128 : 0)));
        }
        file.put((byte) 0);
        while (file.hasRemaining()) {
            file.put((byte) 'x');
        }
        return file.putLong(ImageLayout.FILE_SIZE, file.capacity())
                .putLong(ImageLayout.NAMES, begin)
                .putLong(ImageLayout.NAMES + Long.BYTES, 5 + length);
    }

    private static List<Byte> firstCounts(CounterStore store) throws IOException {
        List<Byte> counts = new ArrayList<>();
        try (Freeze freeze = store.startFreeze(all -> all)) {
            freeze.await();
            freeze.snapshots()
                    .forEach(snapshot -> counts.add(snapshot.counters().get(0)));
        }
        return counts;
    }

    private static void take(CounterStore store, String scope, Selection selection) throws IOException {
        try (Take take = store.take(scope, selection)) {
            take.snapshots();
            take.commit();
        }
    }

    private static void check(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException(what);
        }
    }
}
