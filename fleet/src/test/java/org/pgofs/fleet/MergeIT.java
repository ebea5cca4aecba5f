package org.pgofs.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.fleet.core.TestPiece;
import org.pgofs.fleet.store.DirectoryStore;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceInfo;
import org.pgofs.fleet.store.PieceName;

/** The command, in a process of its own, and what llvm-profdata makes of the same pieces. */
class MergeIT {
    private static final Instant HOUR = Instant.parse("2026-01-05T16:00:00Z");
    private static final String RESULT = "merged/server-0123456789abcdef/ir/20260105T16-20260105T18/";

    @TempDir
    private Path directory;

    private ObjectStore store() {
        return new DirectoryStore(directory.resolve("pieces"));
    }

    private void add(int number, byte[] raw, byte[] packed) throws IOException {
        String host = "host-" + number % 3;
        Instant hour = HOUR.plusSeconds(3600L * (number % 2));
        PieceName name =
                new PieceName(new ImageId("server", "0123456789abcdef"), "ir", hour, host, "0".repeat(32), number);
        PieceInfo info = new PieceInfo(host, hour, hour, 1, 0, TestPiece.IR, raw.length, List.of(), Map.of());
        store().writeIfAbsent(name.infoPath(), info.toJson().getBytes(StandardCharsets.UTF_8));
        store().writeIfAbsent(name.path(), packed);
    }

    private static TestPiece piece(Random random) {
        TestPiece piece = TestPiece.of(TestPiece.IR);
        int functions = 200;
        for (int i = 0; i < functions; i++) {
            long[] counts = IntStream.rangeClosed(0, i % 4)
                    .mapToLong(at -> random.nextInt(3) > 0 ? 0 : random.nextLong() >>> (8 + random.nextInt(50)))
                    .toArray();
            piece.function("f" + i, i % 7, List.of(i % 2, i % 3 == 0 ? 1 : 0, 0), new byte[0], counts);
        }
        int site = 0;
        for (int i = 0; i < functions; i++) {
            if (i % 2 == 1) {
                piece.value(site++, piece.address(random.nextInt(functions)), 1 + random.nextInt(100));
            }
            if (i % 3 == 0) {
                piece.value(site++, 1 + random.nextInt(8), 1 + random.nextInt(100));
            }
        }
        return piece;
    }

    @Test
    void shouldMergeAsLlvmProfdataDoes() throws IOException {
        Random random = new Random(5);
        List<String> raws = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            byte[] raw = piece(random).bytes();
            add(i, raw, Zstd.compress(raw));
            raws.add(Files.write(directory.resolve(i + ".profraw"), raw).toString());
        }
        add(12, new byte[8], new byte[] {1, 2, 3});

        FleetProcess.Ended merge = FleetProcess.fleet(
                "merge", "--from", directory.resolve("pieces"), "--to", "file://" + directory + "/to");

        assertEquals(0, merge.code(), merge.err());
        assertEquals("server-0123456789abcdef (ir): 12 pieces of 3 hosts: " + RESULT + "profdata\n", merge.out());
        assertTrue(
                merge.err().startsWith("pgofs: left out: v1/server-0123456789abcdef/ir/20260105T16/host-0-"),
                merge.err());
        assertEquals(1, merge.err().lines().count(), merge.err());
        Path merged = directory.resolve("to").resolve(RESULT + "profdata");
        Path expected = directory.resolve("expected.profdata");
        List<String> llvm = new ArrayList<>(List.of("llvm-profdata-19", "merge", "-o", expected.toString()));
        llvm.addAll(raws);
        assertEquals(0, FleetProcess.run(llvm).code());
        assertEquals(ProfileText.of(expected), ProfileText.of(merged));
    }

    /** Each of them is 512 MiB of zeros. Two of them do not fit into the memory, and one does. */
    @Test
    void shouldUnpackNoMoreThanItHasMemoryFor() throws IOException {
        byte[] raw = piece(new Random(1)).bytes();
        add(0, raw, Zstd.compress(raw));
        byte[] zeros = new byte[512 << 20];
        byte[] packed = Zstd.compress(zeros, 1);
        for (int i = 1; i <= 4; i++) {
            add(i, zeros, packed);
        }
        Path pieces = directory.resolve("pieces");

        FleetProcess.Ended merge =
                FleetProcess.fleetWithHeap("800m", "merge", "--from", pieces, "--to", directory.resolve("to"));

        assertEquals(0, merge.code(), merge.err());
        assertTrue(merge.out().contains(": 1 pieces of 1 hosts"), merge.out());
        assertEquals(4, merge.err().split("bad raw profile", -1).length - 1, merge.err());
        merge = FleetProcess.fleetWithHeap("200m", "merge", "--from", pieces, "--to", directory.resolve("to"));
        assertEquals(0, merge.code(), merge.err());
        assertTrue(merge.out().contains(": 1 pieces of 1 hosts"), merge.out());
        assertEquals(4, merge.err().split("not enough memory for the 536870912 bytes", -1).length - 1, merge.err());
    }

    @Test
    void shouldSayWhatIsWrong() throws IOException {
        byte[] raw = piece(new Random(1)).bytes();
        add(0, raw, Zstd.compress(raw));
        Path pieces = directory.resolve("pieces");
        Path nothing = directory.resolve("nothing");

        assertFails(1, "no pieces in " + nothing, "merge", "--from", nothing, "--to", nothing);
        assertFails(
                1,
                "no pieces in " + pieces + " of an image nginx",
                "merge",
                "--from",
                pieces,
                "--to",
                nothing,
                "--image",
                "nginx");
        assertFails(1, "ftp://x is no store: give a directory", "merge", "--from", "ftp://x", "--to", nothing);
        assertFails(2, "is no hour", "merge", "--from", pieces, "--to", nothing, "--since", "yesterday");
        assertFails(2, "is no whole hour", "merge", "--from", pieces, "--to", nothing, "--since", "2026-01-01T00:30Z");
        assertFails(
                2,
                "before it begins",
                "merge",
                "--from",
                pieces,
                "--to",
                nothing,
                "--since",
                "2026-01-02",
                "--until",
                "2026-01-01");
        assertFails(2, "is no weight", "merge", "--from", pieces, "--to", nothing, "--weight", "zone");
        assertFails(2, "Missing required option", "merge", "--from", pieces);
        assertFails(2, "missing command: merge, pull or report");
        assertTrue(Files.notExists(nothing));
    }

    private static void assertFails(int code, String message, Object... words) {
        FleetProcess.Ended ended = FleetProcess.fleet(words);
        assertEquals(code, ended.code(), ended.err());
        assertTrue(ended.err().contains(message), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        assertEquals("", ended.out());
    }
}
