package org.pgofs.fleet.job;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.pgofs.fleet.core.TestPiece;
import org.pgofs.fleet.store.DirectoryStore;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceName;

/** A store with results, as merges put them there. */
public final class TestResults {
    private final ObjectStore store;
    private long sequence;

    /**
     * An empty one.
     *
     * @param directory where it is
     */
    public TestResults(Path directory) {
        store = new DirectoryStore(directory);
    }

    private static Window window(Instant hour) {
        return new Window(hour, hour.plus(Duration.ofHours(1)));
    }

    /**
     * Where a result lies.
     *
     * @param image whose it is
     * @param hour of its window
     * @return its name in the store
     */
    public static String directory(ImageId image, Instant hour) {
        return ResultStore.directory(image, "ir") + window(hour).name();
    }

    /**
     * Adds the result of one piece of one host.
     *
     * @param image whose it is
     * @param hour of its window
     * @param piece what the host counted
     * @throws IOException if it cannot be written
     */
    public void add(ImageId image, Instant hour, TestPiece piece) throws IOException {
        add(image, hour, Map.of("host", piece));
    }

    /**
     * Adds the result of some hosts.
     *
     * @param image whose it is
     * @param hour of its window
     * @param hosts what each one counted
     * @throws IOException if it cannot be written
     */
    public void add(ImageId image, Instant hour, Map<String, TestPiece> hosts) throws IOException {
        for (Map.Entry<String, TestPiece> host : hosts.entrySet()) {
            byte[] raw = host.getValue().bytes();
            PieceName name = new PieceName(image, "ir", hour, host.getKey(), "0".repeat(32), sequence++);
            store.writeIfAbsent(
                    name.infoPath(),
                    TestStore.info(host.getKey(), raw.length, Map.of()).getBytes(StandardCharsets.UTF_8));
            store.writeIfAbsent(name.path(), Zstd.compress(raw));
        }
        Weights weights = new Weights();
        ImagePieces pieces =
                new PieceFinder(store, window(hour), image.id()).find().get(0);
        QualityMerge.Merged merged =
                new QualityMerge(new LocalMerge(store, weights, 1), Demands.NONE).merge(pieces.pieces(), done -> {});
        pieces.rejected().forEach(merged.result()::reject);
        new ResultStore(store).write(pieces, window(hour), merged, weights);
    }

    /**
     * The results.
     *
     * @return as commands read them
     */
    public ResultReader reader() {
        return new ResultReader(store);
    }
}
