package org.pgofs.fleet.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.counters.counts.CounterSum;
import org.pgofs.daemon.json.JsonTree;
import org.pgofs.fleet.core.TestPiece;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceName;
import org.pgofs.profdata.read.IndexedContent;
import org.pgofs.profdata.read.IndexedReader;
import org.pgofs.profdata.read.ProfiledFunction;

class LocalMergeTest {
    private static final Weights NONE = new Weights();
    private static final String RESULT = "merged/" + TestStore.IMAGE.key() + "/ir/";
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path directory;

    private TestStore store;

    @BeforeEach
    void open() {
        store = new TestStore(directory);
    }

    private static Window window(Instant since) {
        return new Window(since, since.plus(HOUR));
    }

    private String write(Window window, Weights weights) throws IOException {
        ImagePieces pieces = store.find(window, "").get(0);
        QualityMerge.Merged merged = new QualityMerge(new LocalMerge(store.store(), weights, 2), Demands.NONE)
                .merge(pieces.pieces(), done -> {});
        pieces.rejected().forEach(merged.result()::reject);
        return new ResultStore(store.store()).write(pieces, window, merged, weights);
    }

    private byte[] bytes(String name) throws IOException {
        return store.store().read(name, 1 << 20);
    }

    private Map<String, Long> counts(String profile) throws IOException {
        IndexedContent content = IndexedReader.read(ByteBuffer.wrap(bytes(profile)));
        return new TreeMap<>(
                content.functions().stream().collect(Collectors.toMap(ProfiledFunction::name, one -> one.counter(0))));
    }

    private Map<?, ?> manifest(Window window) throws IOException {
        return JsonTree.object(new String(bytes(RESULT + window.name() + "/manifest.json"), StandardCharsets.UTF_8));
    }

    @Test
    void shouldAddUpThePiecesOfAllHosts() throws IOException {
        store.add("a", TestStore.piece(1));
        store.add("a", TestStore.piece(2));
        store.add("b", TestStore.piece(4));
        String profile = write(window(TestStore.HOUR), NONE);

        assertEquals(RESULT + "20261130T16-20261130T17/profdata", profile);
        assertEquals(Map.of("main", 7L, "idle", 0L), counts(profile));
        Map<?, ?> manifest = manifest(window(TestStore.HOUR));
        assertEquals("server", manifest.get("image"));
        assertEquals(TestStore.IMAGE.id(), manifest.get("build_id"));
        assertEquals(3L, manifest.get("pieces"));
        assertEquals(7L, manifest.get("total"));
        assertEquals(2L, manifest.get("functions"));
        assertEquals(1L, manifest.get("functions_that_ran"));
        assertEquals(Map.of("a", host(2, 3), "b", host(1, 4)), manifest.get("hosts"));
        assertEquals(List.of(), manifest.get("rejected"));
        assertEquals("20261130T16-20261130T17\n", new String(bytes(RESULT + "latest"), StandardCharsets.UTF_8));
    }

    private static Map<String, Object> host(long pieces, long total) {
        return Map.of("pieces", pieces, "total", total, "overlap", 1.0);
    }

    /** Somebody's pipe, or a large file, is as good as none. */
    @Test
    void shouldReplaceALatestThatIsNone(@TempDir Path other) throws Exception {
        store.add("a", TestStore.piece(1));
        Path latest = directory.resolve(RESULT + "latest");
        Files.createDirectories(latest.getParent());
        Files.write(latest, new byte[1 << 11]);
        write(window(TestStore.HOUR), NONE);
        assertEquals("20261130T16-20261130T17\n", Files.readString(latest));
        Files.delete(latest);
        Files.createSymbolicLink(latest, Files.writeString(other.resolve("x"), "20261231T16-20261231T17"));
        write(window(TestStore.HOUR), NONE);
        assertEquals("20261130T16-20261130T17\n", Files.readString(latest));
        assertEquals("20261231T16-20261231T17", Files.readString(other.resolve("x")));
    }

    /** Then nothing is known of the rest: a sum without it would take the place of a better one. */
    @Test
    void shouldMakeNothingIfTheStoreGoesAway() throws IOException {
        store.add("a", TestStore.piece(1));
        PieceName away = store.add("b", TestStore.piece(2));
        ObjectStore broken = new BrokenStore(store.store(), away.path(), new IOException("input/output error"));
        List<PieceName> pieces = store.find().get(0).pieces();

        IOException failure =
                assertThrows(IOException.class, () -> new LocalMerge(broken, NONE, 2).merge(pieces, done -> {}));
        assertEquals("input/output error", failure.getMessage());
    }

    /** Some KB could stand for gigabytes. */
    @Test
    void shouldRefuseFunctionsThatShareTheirCounters() throws IOException {
        store.add("good", TestStore.piece(1));
        String bad =
                store.add("bad", TestStore.piece(1, 2, 3).sameAgain("other", 7)).path();

        PartialResult result = store.merge(NONE);
        assertEquals(1, result.pieces());
        assertEquals(
                List.of(new Rejected(bad, "bad raw profile: its functions have 5 counters, and it has 4")),
                List.copyOf(result.rejected()));
    }

    /** On a file system of another machine even root may not read everything. */
    @Test
    void shouldGoOnBehindAClosedDirectory() throws IOException {
        store.add("a", TestStore.piece(1));
        String name = "v1/" + TestStore.IMAGE.key() + "/csir/";
        ObjectStore closed = new BrokenStore(store.store(), name, new AccessDeniedException(name));
        Files.createDirectories(directory.resolve("v1/" + TestStore.IMAGE.key() + "/csir/20261130T16"));

        List<ImagePieces> found = new PieceFinder(closed, Window.ALL, "").find();

        assertEquals(
                List.of("csir", "ir"), found.stream().map(ImagePieces::variant).toList());
        assertEquals(
                List.of(new Rejected(
                        "v1/" + TestStore.IMAGE.key() + "/csir/", "it must not be listed: permission denied")),
                found.get(0).rejected());
        assertEquals(1, found.get(1).pieces().size());
    }

    /** A store of which one directory cannot be listed, or one object not be read. */
    private record BrokenStore(ObjectStore store, String broken, IOException failure) implements ObjectStore {
        @Override
        public List<String> list(String directory) throws IOException {
            if (directory.equals(broken)) {
                throw failure;
            }
            return store.list(directory);
        }

        @Override
        public byte[] read(String name, int most) throws IOException {
            if (name.equals(broken)) {
                throw failure;
            }
            return store.read(name, most);
        }

        @Override
        public boolean writeIfAbsent(String name, byte[] content) throws IOException {
            return store.writeIfAbsent(name, content);
        }

        @Override
        public void replace(String name, byte[] content) throws IOException {
            store.replace(name, content);
        }

        @Override
        public void close() {}
    }

    /** Each for its own reason, and none of them keeps the others from being merged. */
    @Test
    void shouldNameWhatIsBadAndLeaveItOut() throws IOException {
        store.add("good", TestStore.piece(1));
        byte[] raw = TestStore.piece(100).bytes();
        byte[] packed = Zstd.compress(raw);
        Map<String, String> expected = new TreeMap<>();
        expected.put(bad(raw, "h", raw.length), "it cannot be unpacked: Unknown frame descriptor");
        expected.put(bad(packed, "other", raw.length), "its JSON is that of another host");
        expected.put(bad(packed, "h", raw.length - 8), "it cannot be unpacked: Destination buffer is too small");
        expected.put(
                bad(packed, "h", raw.length + 8),
                "it has " + raw.length + " bytes unpacked, its JSON says " + (raw.length + 8));
        expected.put(bad(packed, "h", 1L << 40), "it has 1099511627776 bytes unpacked, more than 536870912");
        expected.put(
                bad(Arrays.copyOf(packed, packed.length - 1), "h", raw.length),
                "it cannot be unpacked: Src size is incorrect");
        byte[] half = Arrays.copyOf(raw, raw.length / 2);
        expected.put(bad(Zstd.compress(half), "h", half.length), "bad raw profile");
        expected.put(bad(new byte[0], "h", 0), "bad raw profile: it is empty");
        byte[] coverage = TestPiece.of(10).function("main", 1, 5).bytes();
        expected.put(bad(Zstd.compress(coverage), "h", coverage.length), "it is instrumented as coverage");
        PieceName noJson = store.name("h", TestStore.HOUR);
        store.store().writeIfAbsent(noJson.path(), packed);
        expected.put(noJson.path(), "there is no JSON beside it");
        expected.put(store.add(store.name("h", TestStore.HOUR), packed, "{}").path(), "its JSON has a bad host");
        String stranger = noJson.directory() + "core";
        store.store().writeIfAbsent(stranger, packed);
        expected.put(stranger, "no name of a piece: v1/IMAGE-KEY/VARIANT/YYYYMMDDTHH/HOST-BOOTID-SEQUENCE.profraw.zst");

        String profile = write(window(TestStore.HOUR), NONE);

        assertEquals(Map.of("main", 1L, "idle", 0L), counts(profile));
        Map<String, String> rejected = new TreeMap<>();
        for (Object one : (List<?>) manifest(window(TestStore.HOUR)).get("rejected")) {
            Map<?, ?> fields = (Map<?, ?>) one;
            rejected.put((String) fields.get("object"), (String) fields.get("reason"));
        }
        assertEquals(expected.keySet(), rejected.keySet());
        expected.forEach((object, reason) ->
                assertTrue(rejected.get(object).startsWith(reason), rejected.get(object) + " is not " + reason));
    }

    private String bad(byte[] packed, String host, long size) throws IOException {
        return store.add(store.name("h", TestStore.HOUR), packed, TestStore.info(host, size, Map.of()))
                .path();
    }

    @Test
    void shouldSayThatNoPieceIsSound() throws IOException {
        String object = bad(new byte[] {1}, "h", 8);

        IOException e = assertThrows(IOException.class, () -> write(window(TestStore.HOUR), NONE));
        assertTrue(e.getMessage().startsWith("no piece of it is sound, the first: " + object), e.getMessage());
        assertThrows(NoSuchFileException.class, () -> bytes(RESULT + "latest"));
    }

    @Test
    void shouldTellOfCountersThatAreTooLarge() throws IOException {
        PieceName piece = store.add("a", TestStore.piece(CounterSum.LARGEST + 1));
        write(window(TestStore.HOUR), NONE);

        assertEquals(Map.of(piece.path(), 1L), manifest(window(TestStore.HOUR)).get("too_large"));
    }

    @Test
    void shouldMakeTheSameBytesAgain() throws IOException {
        for (int i = 0; i < 20; i++) {
            store.add("h" + i % 3, TestStore.piece(i, 1));
        }
        String profile = write(window(TestStore.HOUR), NONE);
        byte[] first = bytes(profile);
        byte[] manifest = bytes(RESULT + window(TestStore.HOUR).name() + "/manifest.json");
        write(window(TestStore.HOUR), NONE);

        assertArrayEquals(first, bytes(profile));
        assertArrayEquals(manifest, bytes(RESULT + window(TestStore.HOUR).name() + "/manifest.json"));
    }

    @Test
    void shouldTakeTheHoursOfTheWindowOnly() throws IOException {
        store.add("a", TestStore.HOUR.minusSeconds(1), TestStore.piece(1), Map.of());
        store.add("a", TestStore.HOUR, TestStore.piece(2), Map.of());
        store.add("a", TestStore.HOUR.plus(HOUR), TestStore.piece(4), Map.of());

        assertEquals(2, counts(write(window(TestStore.HOUR), NONE)).get("main"));
    }

    /** A late piece makes an old window new, but not the latest. */
    @Test
    void shouldNotGoBackToAnEarlierWindow() throws IOException {
        store.add("a", TestStore.piece(1));
        store.add("a", TestStore.HOUR.plus(HOUR), TestStore.piece(2), Map.of());
        write(window(TestStore.HOUR.plus(HOUR)), NONE);
        write(window(TestStore.HOUR), NONE);

        assertEquals("20261130T17-20261130T18\n", new String(bytes(RESULT + "latest"), StandardCharsets.UTF_8));
    }

    @Test
    void shouldSayHowMuchItIsLikeTheWindowBefore() throws IOException {
        store.add("a", TestPiece.of(TestPiece.IR).function("main", 1, 10).function("idle", 2, 0));
        store.add(
                "a",
                TestStore.HOUR.plus(HOUR),
                TestPiece.of(TestPiece.IR).function("main", 1, 5).function("idle", 2, 5),
                Map.of());
        write(window(TestStore.HOUR), NONE);
        write(window(TestStore.HOUR.plus(HOUR)), NONE);

        Map<?, ?> manifest = manifest(window(TestStore.HOUR.plus(HOUR)));
        assertEquals("20261130T16-20261130T17", manifest.get("window_before"));
        assertEquals(0.5, manifest.get("overlap_with_before"));
        assertEquals(null, manifest(window(TestStore.HOUR)).get("window_before"));
    }

    @Test
    void shouldWeighPiecesByTheLabelsOfTheirHosts() throws IOException {
        store.add("a", TestStore.HOUR, TestStore.piece(1), Map.of("zone", "b", "canary", "yes"));
        store.add("b", TestStore.HOUR, TestStore.piece(10), Map.of("zone", "b"));
        store.add("c", TestStore.HOUR, TestStore.piece(100), Map.of("zone", "a=b:c"));
        Weights weights = new Weights();
        weights.add("zone=b:3");
        weights.add("canary=yes:5");
        weights.add("zone=a=b:c:2");
        String profile = write(window(TestStore.HOUR), weights);

        assertEquals(15 + 30 + 200, counts(profile).get("main"));
        assertEquals(
                "canary=yes:5 zone=a=b:c:2 zone=b:3",
                manifest(window(TestStore.HOUR)).get("weights"));
    }

    @Test
    void shouldRefuseOtherWeights() {
        for (String word :
                List.of("", "zone", "zone=b", "zone=b:0", "zone=b:1000001", "zone=b:-1", "=b:2", "a=b:1.5")) {
            assertThrows(IllegalArgumentException.class, () -> new Weights().add(word), word);
        }
    }

    @Test
    void shouldFindImagesByNameAndBuildId() throws IOException {
        store.add("a", TestStore.piece(1));

        for (String word : List.of("", "server", TestStore.IMAGE.id(), "00112233", TestStore.IMAGE.key())) {
            assertEquals(1, store.find(Window.ALL, word).size(), word);
        }
        for (String word : List.of("serve", "0011223", "11223344", "other")) {
            assertEquals(0, store.find(Window.ALL, word).size(), word);
        }
    }

    @Test
    void shouldTellItsProgressOnceForEachPiece() throws IOException {
        for (int i = 0; i < 10; i++) {
            store.add("a", TestStore.piece(i));
        }
        AtomicInteger told = new AtomicInteger();
        new LocalMerge(store.store(), NONE, 3).merge(store.find().get(0).pieces(), done -> told.incrementAndGet());

        assertEquals(10, told.get());
    }

    @Test
    void shouldNameThePiecesWithTooLargeCountersOfAllThatIsAdded() throws IOException {
        PieceName first = store.add("a", TestStore.piece(CounterSum.LARGEST + 1));
        PieceName second = store.add("b", TestStore.piece(CounterSum.LARGEST + 1, -1));
        LocalMerge merge = new LocalMerge(store.store(), NONE, 1);
        PartialResult sum = merge.merge(List.of(first), done -> {}).add(merge.merge(List.of(second), done -> {}));
        assertEquals(Map.of(first.path(), 1L, second.path(), 2L), sum.tooLarge());
    }

    /** Parts of the functions travel between processes. */
    @Test
    void shouldBeTheSameInParts() throws Exception {
        TestPiece many = TestPiece.of(TestPiece.IR);
        for (int i = 0; i < 100; i++) {
            many.function("f" + i, i, List.of(1, 0, 0), new byte[0], i, 2).value(i, many.address(i), i + 1);
        }
        store.add("a", many);
        store.add("b", TestStore.piece(CounterSum.LARGEST + 1));
        bad(new byte[] {1}, "h", 8);
        ImagePieces pieces = store.find().get(0);
        Window window = window(TestStore.HOUR);
        PartialResult whole = store.merge(NONE);
        String profile = write(pieces, window, whole);
        byte[] expected = bytes(profile);
        byte[] manifest = bytes(RESULT + window.name() + "/manifest.json");

        List<PartialResult> parts =
                IntStream.range(0, 7).mapToObj(part -> whole.part(part, 7)).toList();
        assertTrue(parts.stream().filter(part -> part.sum().functions() > 0).count() > 5);
        PartialResult sum = new PartialResult();
        for (int i = parts.size() - 1; i >= 0; i--) {
            sum.add(copy(parts.get(i)));
        }
        write(pieces, window, sum);

        assertArrayEquals(expected, bytes(profile));
        assertArrayEquals(manifest, bytes(RESULT + window.name() + "/manifest.json"));
    }

    private String write(ImagePieces pieces, Window window, PartialResult result) throws IOException {
        QualityMerge.Merged merged =
                new QualityMerge((names, progress) -> result, Demands.NONE).merge(List.of(), done -> {});
        return new ResultStore(store.store()).write(pieces, window, merged, NONE);
    }

    private static PartialResult copy(PartialResult part) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(part);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (PartialResult) in.readObject();
        }
    }
}
