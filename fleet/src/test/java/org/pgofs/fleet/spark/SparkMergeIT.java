package org.pgofs.fleet.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.fleet.FleetProcess;
import org.pgofs.fleet.ProfileText;
import org.pgofs.fleet.core.TestPiece;
import org.pgofs.fleet.job.Demands;
import org.pgofs.fleet.job.ImagePieces;
import org.pgofs.fleet.job.LocalMerge;
import org.pgofs.fleet.job.Merger;
import org.pgofs.fleet.job.PieceFinder;
import org.pgofs.fleet.job.QualityMerge;
import org.pgofs.fleet.job.ResultStore;
import org.pgofs.fleet.job.TestStore;
import org.pgofs.fleet.job.Weights;
import org.pgofs.fleet.job.Window;
import org.pgofs.fleet.store.DirectoryStore;

/** Spark, in this process and as a cluster of processes. What comes out is what one process makes without it. */
@Timeout(300)
class SparkMergeIT {
    private static final Weights WEIGHTS = new Weights();
    private static final Window WINDOW = new Window(TestStore.HOUR, TestStore.HOUR.plusSeconds(3600));
    private static final int PIECES = 40;

    /** What the build makes for Spark. */
    private static final Path JAR = Path.of("../daemon/target/pgofs/lib/spark/pgofs-fleet-spark.jar")
            .toAbsolutePath()
            .normalize();

    @TempDir
    private Path directory;

    private final List<Path> raws = new ArrayList<>();
    private ImagePieces pieces;
    private String profile;
    private String expected;

    @BeforeEach
    void fill() throws IOException {
        TestStore store = new TestStore(directory.resolve("store"));
        Random random = new Random(3);
        for (int i = 0; i < PIECES; i++) {
            TestPiece piece = TestPiece.of(TestPiece.IR);
            for (int function = 0; function < 500; function++) {
                piece.function("f" + function, function, List.of(1, 0, 0), new byte[0], random.nextInt(100), 1);
                piece.value(function, piece.address(random.nextInt(500)), 1 + random.nextInt(9));
            }
            store.add("host-" + i % 5, piece);
            raws.add(Files.write(directory.resolve(i + ".profraw"), piece.bytes()));
        }
        store.add(store.name("bad", TestStore.HOUR), new byte[] {1}, TestStore.info("bad", 8, Map.of()));
        pieces = new PieceFinder(store.store(), Window.ALL, "").find().get(0);
        expected = result("expected", new LocalMerge(store.store(), WEIGHTS, 2), done -> {});
    }

    /** Profile and manifest that a way to merge makes. */
    private String result(String name, Merger merger, IntConsumer progress) throws IOException {
        Path to = directory.resolve(name);
        profile = new ResultStore(new DirectoryStore(to))
                .write(
                        pieces,
                        WINDOW,
                        new QualityMerge(merger, Demands.NONE).merge(pieces.pieces(), progress),
                        WEIGHTS);
        return content(to);
    }

    private String content(Path to) throws IOException {
        return HexFormat.of().formatHex(Files.readAllBytes(to.resolve(profile)))
                + Files.readString(to.resolve(profile).resolveSibling("manifest.json"));
    }

    private SparkMerge spark(String master, String from) throws IOException {
        System.setProperty("pgofs.spark.jar", JAR.toString()); // as the launcher does
        Map<String, String> settings = Map.of(
                "spark.driver.host", "127.0.0.1",
                "spark.executor.memory", "512m",
                "spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1",
                "spark.extraListeners", KillAtTask.class.getName(),
                "spark.cores.max", "2",
                "spark.scheduler.minRegisteredResourcesRatio", "1",
                "spark.scheduler.maxRegisteredResourcesWaitingTime", "120s");
        return new SparkMerge(master, settings, from, WEIGHTS, notice -> {});
    }

    private SparkMerge spark(String master) throws IOException {
        return spark(master, directory.resolve("store").toString());
    }

    /** One of two workers is killed while its executor has tasks. What is left gets the same work by Spark's own command. */
    @Test
    void shouldMergeOnAClusterOfWhichAWorkerDies() throws Exception {
        try (StandaloneCluster cluster = StandaloneCluster.start(directory, 2)) {
            List<Integer> progress = Collections.synchronizedList(new ArrayList<>());
            try (SparkMerge spark = spark(cluster.master())) {
                assertEquals(2, cluster.executors().size());
                KillAtTask.next(cluster::killAnExecutorAndItsWorker);
                assertEquals(expected, result("half", spark, progress::add));
                assertTrue(KillAtTask.isDone());
                assertEquals(1, cluster.executors().size());
                assertEquals(PIECES + 1, Collections.max(progress));
            }
            FleetProcess.Ended ended =
                    cluster.submit(JAR, "merge", "--from", directory + "/store", "--to", directory + "/submitted");
            assertEquals(0, ended.code(), ended.err());
            assertEquals(expected, content(directory.resolve("submitted")));
        }
        assertEquals(
                ProfileText.of(llvm()), ProfileText.of(directory.resolve("half").resolve(profile)));
    }

    /** What llvm-profdata makes of the same pieces. */
    private Path llvm() {
        Path merged = directory.resolve("llvm.profdata");
        List<String> command = new ArrayList<>(List.of("llvm-profdata-19", "merge", "-o", merged.toString()));
        raws.forEach(raw -> command.add(raw.toString()));
        assertEquals(0, FleetProcess.run(command).code());
        return merged;
    }

    @Test
    void shouldSayThatThereIsNoSuchMaster() {
        for (String master : List.of("nowhere://x", "local[", "yarn", "k8s://https://127.0.0.1:1")) {
            IOException e = assertThrows(IOException.class, () -> spark(master));
            assertTrue(
                    e.getMessage().startsWith("Spark does not start with the master " + master + ": Spark has no such"),
                    e.getMessage());
        }
        for (String master :
                List.of("spark://127.0.0.1", "spark://", "spark://127.0.0.1:x", "spark://127.0.0.1:77777")) {
            IOException e = assertThrows(IOException.class, () -> spark(master));
            assertEquals("no Spark master answers at " + master + ": give it as spark://HOST:PORT", e.getMessage());
        }
    }

    /** Otherwise all pieces would be left out there, and the result would be one of the machines that have the store. */
    @Test
    void shouldNotLeaveOutWhatAnExecutorDoesNotSee() throws IOException {
        try (SparkMerge spark = spark("local[2]", directory.resolve("other").toString())) {
            IOException e = assertThrows(IOException.class, () -> spark.merge(pieces.pieces(), done -> {}));
            assertEquals(
                    "Spark gave up: an executor has no pieces in " + directory.resolve("other")
                            + ": the store must be there by this name on all machines of the cluster",
                    e.getMessage());
        }
    }
}
