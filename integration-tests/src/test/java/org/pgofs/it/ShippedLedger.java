package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pgofs.fleet.store.PieceInfo;
import org.pgofs.fleet.store.PieceName;

/** A program that counts, the mount and the store in which its counts are, and others who took some of them. */
final class ShippedLedger {
    private final Path directory;
    private final PgofsMount mount;
    private final Worker worker;
    private final Path store;
    private long counted;
    private long takenByOthers;

    ShippedLedger(Path directory, PgofsMount mount, Worker worker, Path store) {
        this.directory = directory;
        this.mount = mount;
        this.worker = worker;
        this.store = store;
    }

    void count(int times) throws IOException {
        worker.work(times);
        counted += times;
    }

    /** A second taker, which stores what it has elsewhere. */
    void takeElsewhere() throws IOException {
        Path copy = directory.resolve("elsewhere.profraw");
        Files.deleteIfExists(copy);
        Await.until(
                "no other take is in progress",
                () -> mount.shell()
                                .bash("cat \"$1\"/pgo/images/*/take >\"$2\"", mount.root(), copy)
                                .status()
                        == 0);
        takenByOthers += RawCounts.first(copy, "counted");
    }

    List<Path> objects() {
        // A shipper may be at work, with files that are there for a moment.
        return mount.shell()
                .bash("find \"$1\" -name \"*$2\" || true", store, PieceName.PIECE)
                .ok()
                .output()
                .lines()
                .map(Path::of)
                .toList();
    }

    /** What the objects of the store have together; each has beside it what is said of it. */
    long shipped() throws IOException {
        long shipped = 0;
        for (Path object : objects()) {
            PieceName name = PieceName.parse(store.relativize(object).toString());
            PieceInfo info = PieceInfo.parse(Files.readString(store.resolve(name.infoPath())));
            byte[] raw = Zstd.decompress(Files.readAllBytes(object), (int) info.rawSize());
            assertEquals(info.rawSize(), raw.length);
            Path profile = directory.resolve("object.profraw");
            Files.write(profile, raw);
            shipped += RawCounts.first(profile, "counted");
        }
        return shipped;
    }

    /** Each count is in the store, with another taker, or still in the mount, and only there. */
    void check(String what) throws IOException {
        long left = RawCounts.first(mount.copy(), "counted");
        assertEquals(
                counted,
                shipped() + takenByOthers + left,
                () -> what + ", of which " + takenByOthers + " elsewhere and " + left + " in the mount");
    }
}
