package org.pgofs.fleet.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.counters.format.Variant;
import org.pgofs.daemon.json.JsonTree;
import org.pgofs.fleet.core.TestPiece;
import org.pgofs.fleet.store.PieceName;
import org.pgofs.profdata.read.IndexedReader;
import org.pgofs.profdata.read.ProfiledFunction;

class QualityMergeTest {
    private static final Weights NONE = new Weights();

    @TempDir
    private Path directory;

    private TestStore store;

    @BeforeEach
    void open() {
        store = new TestStore(directory);
    }

    private static Demands demands(String minOverlap, String maxShare) {
        return new Demands(new BigDecimal(minOverlap), new BigDecimal(maxShare));
    }

    private QualityMerge.Merged merge(Demands demands) throws IOException {
        return merge(demands, store.find().get(0).pieces());
    }

    private QualityMerge.Merged merge(Demands demands, List<PieceName> pieces) throws IOException {
        return new QualityMerge(new LocalMerge(store.store(), NONE, 2), demands).merge(pieces, done -> {});
    }

    /** The bytes of profile and manifest. */
    private List<byte[]> written(QualityMerge.Merged merged) throws IOException {
        ImagePieces pieces = store.find().get(0);
        String profile = new ResultStore(store.store())
                .write(pieces, new Window(TestStore.HOUR, TestStore.HOUR.plusSeconds(3600)), merged, NONE);
        return List.of(
                store.store().read(profile, 1 << 20),
                store.store().read(profile.replace("profdata", "manifest.json"), 1 << 20));
    }

    private Map<String, Long> counts(QualityMerge.Merged merged) throws IOException {
        return new TreeMap<>(IndexedReader.read(ByteBuffer.wrap(written(merged).get(0))).functions().stream()
                .collect(Collectors.toMap(ProfiledFunction::name, one -> one.counter(0))));
    }

    private Map<?, ?> manifest(QualityMerge.Merged merged) throws IOException {
        return JsonTree.object(new String(written(merged).get(1), StandardCharsets.UTF_8));
    }

    private static TestPiece piece(long main, long idle) {
        return TestPiece.of(TestPiece.IR).function("main", 1, main).function("idle", 2, idle);
    }

    private void addThreeAndAnOddOne() throws IOException {
        for (String host : List.of("a", "b", "c")) {
            store.add(host, piece(95, 5));
        }
        store.add("odd", piece(1, 99));
    }

    @Test
    void shouldNameHostsThatAreOddAndLeaveThemIn() throws IOException {
        addThreeAndAnOddOne();
        QualityMerge.Merged merged = merge(Demands.NONE);

        assertEquals(
                List.of("little in common with the others: 1 of 4 hosts: odd (6.0 %); --min-overlap leaves them out"),
                merged.quality().sentences());
        assertEquals(Map.of("main", 286L, "idle", 114L), counts(merged));
        Map<?, ?> manifest = manifest(merged);
        assertEquals(List.of("odd"), manifest.get("odd_hosts"));
        assertEquals(List.of(), manifest.get("left_out_hosts"));
        assertFalse(manifest.containsKey("min_overlap"));
        assertEquals(
                Map.of("pieces", 1L, "total", 100L, "overlap", 0.06), ((Map<?, ?>) manifest.get("hosts")).get("odd"));
    }

    @Test
    void shouldLeaveOutHostsThatAreOddIfAsked() throws IOException {
        addThreeAndAnOddOne();
        QualityMerge.Merged merged = merge(demands("50", "100"));

        assertEquals(
                List.of(
                        "left out 1 of 4 hosts, with less than 50 % of the counts in common with the others: odd (6.0 %)"),
                merged.quality().sentences());
        assertEquals(Map.of("main", 285L, "idle", 15L), counts(merged));
        Map<?, ?> manifest = manifest(merged);
        assertEquals(3L, manifest.get("pieces"));
        assertEquals(List.of("odd"), manifest.get("left_out_hosts"));
        assertEquals("50%", manifest.get("min_overlap"));
        assertEquals(4, ((Map<?, ?>) manifest.get("hosts")).size());
    }

    @Test
    void shouldSayThatNoHostIsLikeTheOthers() throws IOException {
        store.add("a", piece(1, 0));
        store.add("b", piece(0, 1));

        IOException e = assertThrows(IOException.class, () -> merge(demands("1", "100")));
        assertEquals(
                "no host has 1 % of its counts in common with the others: ask for less by --min-overlap",
                e.getMessage());
    }

    @Test
    void shouldScaleDownWhoHasTooMuch() throws IOException {
        store.add("big", piece(600, 0));
        store.add("big", piece(398, 2));
        store.add("b", piece(8, 2));
        store.add("c", piece(9, 1));
        QualityMerge.Merged merged = merge(demands("0", "50"));

        assertEquals(
                List.of("scaled down to 20 counts: 1 of 3 hosts, with more than 50 % of all: big (1000)"),
                merged.quality().sentences());
        assertEquals(Map.of("main", 8 + 9 + 19L, "idle", 2 + 1 + 1L), counts(merged), "what ran stays");
        Map<?, ?> manifest = manifest(merged);
        assertEquals("50%", manifest.get("max_share"));
        assertEquals(20L, ((Map<?, ?>) ((Map<?, ?>) manifest.get("hosts")).get("big")).get("scaled_to"));
        assertEquals(4L, manifest.get("pieces"));
    }

    /** The sum of its counters is more than a number can be. */
    @Test
    void shouldScaleDownWhoHasMoreThanCanBeCounted() throws IOException {
        long most = 1L << 56;
        long[] counts = new long[300];
        Arrays.fill(counts, most);
        store.add("big", TestPiece.of(TestPiece.IR).function("main", 1, 0).function("many", 3, counts));
        store.add("b", piece(1_000_000, 0));
        store.add("c", piece(1_000_000, 0));
        QualityMerge.Merged merged = merge(demands("0", "40"));

        long limit = (Long) ((Map<?, ?>) ((Map<?, ?>) manifest(merged).get("hosts")).get("big")).get("scaled_to");
        assertEquals(1_333_333, limit);
        assertEquals(limit / counts.length, counts(merged).get("many"));
    }

    /** Marks have no share: they are there or not. */
    @Test
    void shouldNotScaleMarks() throws IOException {
        long version = Variant.IR | Variant.BYTE_COVERAGE | 10;
        for (String host : List.of("a", "b", "c")) {
            byte[] section = new byte[host.equals("a") ? 100 : 1];
            byte[] raw = TestPiece.of(version)
                    .function("f" + host, 1, List.of(0, 0, 0), new byte[0], section)
                    .bytes();
            PieceName name =
                    new PieceName(TestStore.IMAGE, PieceName.variant(version), TestStore.HOUR, host, "0".repeat(32), 1);
            store.add(name, Zstd.compress(raw), TestStore.info(host, raw.length, Map.of()));
        }
        QualityMerge.Merged merged = merge(demands("0", "40"));

        assertEquals(102L, manifest(merged).get("total"));
        assertTrue(merged.quality().hosts().values().stream().allMatch(host -> host.limit() == null));
    }

    @Test
    void shouldNameThinHosts() throws IOException {
        for (int i = 0; i < 12; i++) {
            store.add("a", piece(1000, 10));
            store.add("b", piece(1000, 10));
        }
        store.add("c", piece(1000, 10));
        store.add("idle", piece(0, 0));
        QualityMerge.Merged merged = merge(Demands.NONE);

        assertEquals(
                List.of("little to count: 2 of 4 hosts: c (1010 in 1 pieces), idle (0 in 1 pieces)"),
                merged.quality().sentences());
        assertEquals(List.of("c", "idle"), manifest(merged).get("thin_hosts"));
    }

    @Test
    void shouldGiveTheSameInAnyOrder() throws IOException {
        Random random = new Random(3);
        for (int i = 0; i < 40; i++) {
            store.add("h" + random.nextInt(7), piece(random.nextInt(1000), random.nextInt(20)));
        }
        store.add("odd", piece(1, 90_000));
        store.add("big", piece(1L << 55, 1L << 49));
        List<PieceName> pieces = new ArrayList<>(store.find().get(0).pieces());
        List<byte[]> first = written(merge(demands("40", "20.5"), pieces));
        for (int round = 0; round < 5; round++) {
            Collections.shuffle(pieces, random);
            List<byte[]> again = written(merge(demands("40", "20.5"), pieces));
            for (int i = 0; i < first.size(); i++) {
                assertEquals(ByteBuffer.wrap(first.get(i)), ByteBuffer.wrap(again.get(i)));
            }
        }
        String manifest = new String(first.get(1), StandardCharsets.UTF_8);
        assertTrue(manifest.contains("\"left_out_hosts\" : [ \"odd\" ]"), manifest);
        assertTrue(manifest.contains("scaled_to"), manifest);
    }

    @Test
    void shouldRefuseOtherDemands() {
        assertThrows(IllegalArgumentException.class, () -> demands("101", "100"));
        assertThrows(IllegalArgumentException.class, () -> demands("0", "0"));
        assertThrows(IllegalArgumentException.class, () -> demands("0", "0.5"));
    }
}
