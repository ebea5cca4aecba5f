package org.pgofs.fleet.job;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.pgofs.fleet.core.TestPiece;
import org.pgofs.fleet.store.DirectoryStore;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceInfo;
import org.pgofs.fleet.store.PieceName;

/** A store with pieces, as shippers put them there. */
public final class TestStore {
    /** Whose pieces they are. */
    public static final ImageId IMAGE = new ImageId("server", "00112233445566778899aabbccddeeff");
    /** When they were taken. */
    public static final Instant HOUR = Instant.parse("2026-11-30T16:00:00Z");

    private static final String BOOT = "0123456789abcdef0123456789abcdef";

    private final ObjectStore store;
    private long sequence;

    /**
     * An empty one.
     *
     * @param directory where it is
     */
    public TestStore(Path directory) {
        store = new DirectoryStore(directory);
    }

    /**
     * The store.
     *
     * @return as others see it
     */
    public ObjectStore store() {
        return store;
    }

    /**
     * The next piece of a host.
     *
     * @param host of it
     * @param moment when it was taken
     * @return its name
     */
    public PieceName name(String host, Instant moment) {
        return new PieceName(IMAGE, "ir", moment.truncatedTo(ChronoUnit.HOURS), host, BOOT, sequence++);
    }

    /**
     * Adds a piece.
     *
     * @param host of it
     * @param piece what is in it
     * @return its name
     * @throws IOException if it cannot be written
     */
    public PieceName add(String host, TestPiece piece) throws IOException {
        return add(host, HOUR, piece, Map.of());
    }

    PieceName add(String host, Instant moment, TestPiece piece, Map<String, String> labels) throws IOException {
        byte[] raw = piece.bytes();
        return add(name(host, moment), Zstd.compress(raw), info(host, raw.length, labels));
    }

    /**
     * Adds a piece that need not be one.
     *
     * @param name of it
     * @param packed its bytes
     * @param info what is said of it
     * @return its name
     * @throws IOException if it cannot be written
     */
    public PieceName add(PieceName name, byte[] packed, String info) throws IOException {
        store.writeIfAbsent(name.infoPath(), info.getBytes(StandardCharsets.UTF_8));
        store.writeIfAbsent(name.path(), packed);
        return name;
    }

    /**
     * What is said of a piece.
     *
     * @param host of it
     * @param size before it was compressed
     * @param labels of the host
     * @return JSON
     */
    public static String info(String host, long size, Map<String, String> labels) {
        return new PieceInfo(host, HOUR, HOUR, 1, 0, TestPiece.IR, size, List.of(), labels).toJson();
    }

    static TestPiece piece(long... counts) {
        return TestPiece.of(TestPiece.IR).function("main", 1, counts).function("idle", 2, 0);
    }

    List<ImagePieces> find() throws IOException {
        return find(Window.ALL, "");
    }

    List<ImagePieces> find(Window window, String image) throws IOException {
        return new PieceFinder(store, window, image).find();
    }

    PartialResult merge(Weights weights) throws IOException {
        return new LocalMerge(store, weights, 2).merge(find().get(0).pieces(), done -> {});
    }
}
