package org.pgofs.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.fleet.core.TestPiece;
import org.pgofs.fleet.job.TestStore;

/** The command with {@code --master}. */
class SparkCommandIT {
    private static final String RESULT = "merged/" + TestStore.IMAGE.key() + "/ir/";

    @TempDir
    private Path directory;

    private Path pieces;

    @BeforeEach
    void fill() throws IOException {
        pieces = directory.resolve("pieces");
        TestStore store = new TestStore(pieces);
        for (int i = 0; i < 12; i++) {
            store.add("host-" + i % 3, TestPiece.of(TestPiece.IR).function("main", 1, i, 1));
        }
    }

    private FleetProcess.Ended merge(String to, String... words) {
        return mergeWith(System.getProperty("java.class.path"), to, words);
    }

    private FleetProcess.Ended mergeWith(String classPath, String to, String... words) {
        List<Object> all = new ArrayList<>(List.of("merge", "--from", pieces, "--to", directory.resolve(to)));
        all.addAll(List.of(words));
        return FleetProcess.fleetWith(classPath, all.toArray());
    }

    @Test
    void shouldMakeTheSameAsWithoutSpark() throws IOException {
        Path events = Files.createDirectory(directory.resolve("events"));
        FleetProcess.Ended local = merge("local");
        FleetProcess.Ended spark = merge(
                "spark",
                "--master",
                "local[2]",
                "--conf",
                "spark.eventLog.enabled=true",
                "--conf",
                "spark.eventLog.dir=" + events.toUri());

        assertEquals(0, local.code(), local.err());
        assertEquals("", spark.err());
        assertEquals(local.out(), spark.out());
        assertEquals(files("local"), files("spark"));
        assertEquals(4, files("spark").size());
        try (Stream<Path> logs = Files.list(events)) {
            assertEquals(1, logs.count(), "what the history server shows");
        }
    }

    /** Names and contents. */
    private List<String> files(String to) throws IOException {
        Path root = directory.resolve(to).resolve(RESULT);
        List<String> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.sorted().toList()) {
                byte[] content = Files.isDirectory(file) ? new byte[0] : Files.readAllBytes(file);
                files.add(root.relativize(file) + " " + new String(content, StandardCharsets.ISO_8859_1));
            }
        }
        return files.subList(1, files.size());
    }

    @Test
    void shouldSayWhatSparkLogsIfAsked() {
        FleetProcess.Ended ended = merge("spark", "--master", "local[2]", "--verbose");
        assertEquals(0, ended.code());
        assertTrue(ended.err().contains("SparkContext"), ended.err());
    }

    @Test
    void shouldSayThatThereIsNoSpark() {
        String without = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("spark-core"))
                .collect(Collectors.joining(File.pathSeparator));
        assertFails(1, "--master needs Spark: set SPARK_HOME", mergeWith(without, "to", "--master", "local[2]"));
        assertFails(2, "--conf is for Spark", mergeWith(without, "to", "--conf", "spark.x=y"));
        assertFails(2, "--verbose is for Spark", mergeWith(without, "to", "--verbose"));
        assertFails(2, "no setting of Spark", mergeWith(without, "to", "--master", "local[2]", "--conf", "x=y"));
        assertEquals(0, mergeWith(without, "to").code(), "without --master nobody needs it");
    }

    @Test
    void shouldSayThatThereIsNoSuchMaster() throws IOException {
        assertFails(1, "has no pgofs-fleet-spark.jar", merge("to", "--master", "yarn"));
        String jar = "spark.jars=" + pieces;
        assertFails(1, "Spark has no such master", merge("to", "--master", "yarn", "--conf", jar));
        String master = "spark://127.0.0.1:" + freePort();
        assertFails(1, "no Spark master answers at " + master, merge("to", "--master", master, "--conf", jar));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void assertFails(int code, String message, FleetProcess.Ended ended) {
        assertEquals(code, ended.code(), ended.err());
        assertTrue(ended.err().contains(message), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        assertEquals("", ended.out());
        assertTrue(Files.notExists(directory.resolve("to")));
    }
}
