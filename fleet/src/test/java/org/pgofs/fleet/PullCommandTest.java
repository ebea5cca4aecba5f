package org.pgofs.fleet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.fleet.core.TestPiece;
import org.pgofs.fleet.job.TestResults;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.profdata.read.IndexedReader;
import org.pgofs.profdata.read.ProfiledFunction;
import picocli.CommandLine;

class PullCommandTest {
    private static final Instant HOUR = Instant.parse("2026-11-30T16:00:00Z");
    private static final ImageId OLD = new ImageId("server", "aaaaaaaa11111111");
    private static final ImageId NEW = new ImageId("server", "bbbbbbbb22222222");
    private static final ImageId OTHER = new ImageId("client", "cccccccc33333333");

    @TempDir
    private Path directory;

    private Path output;
    private TestResults results;

    @BeforeEach
    void open() {
        output = directory.resolve("out.profdata");
        results = new TestResults(directory.resolve("store"));
    }

    private record Ended(int code, String out, String err) {}

    private Ended pull(Object... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = new CommandLine(new FleetCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setParameterExceptionHandler((e, args) -> {
                    e.getCommandLine().getErr().println(e.getMessage());
                    return CommandLine.ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((e, line, result) -> {
                    line.getErr().println(e.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                });
        List<String> args = new ArrayList<>(
                List.of("pull", "--from", directory.resolve("store").toString(), "-o", output.toString()));
        for (Object word : words) {
            args.add(word.toString());
        }
        int code = command.execute(args.toArray(String[]::new));
        return new Ended(code, out.toString(), err.toString());
    }

    /** The counts of main tell the results. */
    private void add(ImageId image, int hour, long count) throws IOException {
        results.add(
                image,
                HOUR.plusSeconds(3600L * hour),
                TestPiece.of(TestPiece.IR).function("main", 1, count));
    }

    private long pulled() throws IOException {
        return IndexedReader.read(ByteBuffer.wrap(Files.readAllBytes(output))).functions().stream()
                .filter(function -> function.name().equals("main"))
                .mapToLong((ProfiledFunction function) -> function.counter(0))
                .sum();
    }

    private Path file(ImageId image, int hour, String name) {
        return directory
                .resolve("store")
                .resolve(TestResults.directory(image, HOUR.plusSeconds(3600L * hour)))
                .resolve(name);
    }

    private Path latest(ImageId image) {
        return file(image, 0, "x").getParent().resolveSibling("latest");
    }

    @Test
    void shouldFetchTheNewestOfTheBuild() throws IOException {
        add(OLD, 0, 1);
        add(OLD, 2, 2);
        add(OLD, 1, 3);
        add(NEW, 5, 4);
        Ended ended = pull("--build-id", "AAAAAAAA");

        assertEquals(0, ended.code, ended.err);
        assertEquals(
                output + ": build aaaaaaaa11111111 of server, 2026-11-30T18:00:00Z to 2026-11-30T19:00:00Z, 1 pieces\n",
                ended.out);
        assertEquals("", ended.err);
        assertEquals(2, pulled());
    }

    @Test
    void shouldFallBackToTheNewestOfAnotherBuild() throws IOException {
        add(OLD, 0, 1);
        add(NEW, 1, 2);
        add(OTHER, 2, 3);
        Ended ended = pull("--build-id", "dddddddd", "--image", "server");

        assertEquals(0, ended.code, ended.err);
        assertTrue(
                ended.err.startsWith("pgofs: no profile of build dddddddd in " + directory.resolve("store")
                        + ": took that of build bbbbbbbb22222222; --program"),
                ended.err);
        assertEquals(1, ended.err.lines().count());
        assertEquals(2, pulled());
    }

    /** An operator may go back. */
    @Test
    void shouldTakeTheWindowThatLatestNames() throws IOException {
        add(OLD, 0, 1);
        add(OLD, 1, 2);
        Files.writeString(latest(OLD), "20261130T16-20261130T17\n");
        pull("--image", "server");
        assertEquals(1, pulled());

        for (String dangling : List.of("20261130T11-20261130T12\n", "../../..", "", "x".repeat(5000))) {
            Files.writeString(latest(OLD), dangling);
            pull("--image", "server");
            assertEquals(2, pulled(), dangling);
        }
    }

    @Test
    void shouldPassOverWhatIsNotWhole() throws Exception {
        add(OLD, 0, 1);
        for (int hour = 1; hour <= 7; hour++) {
            add(OLD, hour, 10 + hour);
        }
        Files.write(file(OLD, 1, "profdata"), new byte[] {1}, java.nio.file.StandardOpenOption.APPEND);
        Files.delete(file(OLD, 2, "manifest.json"));
        Files.copy(file(OLD, 1, "manifest.json"), file(OLD, 3, "x"));
        Files.move(file(OLD, 3, "x"), file(OLD, 3, "manifest.json"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.delete(file(OLD, 4, "profdata"));
        new ProcessBuilder("mkfifo", file(OLD, 4, "profdata").toString())
                .start()
                .waitFor();
        Files.delete(file(OLD, 5, "profdata"));
        Files.createSymbolicLink(file(OLD, 5, "profdata"), Path.of("/dev/zero"));
        try (RandomAccessFile huge =
                new RandomAccessFile(file(OLD, 6, "manifest.json").toFile(), "rw")) {
            huge.setLength(1L << 30);
        }
        Files.writeString(file(OLD, 7, "manifest.json"), "{\u001b[2J");
        Ended ended = pull("--image", "server");

        assertEquals(0, ended.code, ended.err);
        assertEquals(1, pulled());
        assertEquals(
                7,
                ended.err
                        .lines()
                        .filter(line -> line.startsWith("pgofs: passed over server-"))
                        .count(),
                ended.err);
        assertEquals(7, ended.err.lines().count(), ended.err);
        assertFalse(ended.err.contains("\u001b"));
        assertTrue(ended.err.contains("the profile is not the one of which its manifest speaks"), ended.err);
        assertTrue(ended.err.contains("the manifest is that of another result"), ended.err);
    }

    @Test
    void shouldNotFailABuild() throws IOException {
        Ended first = pull("--image", "server");
        assertEquals(0, first.code);
        assertEquals(
                "pgofs: no profile of server in " + directory.resolve("store") + ": " + output
                        + " is a profile without functions\n",
                first.err);
        assertEquals(
                List.of(),
                IndexedReader.read(ByteBuffer.wrap(Files.readAllBytes(output))).functions());

        byte[] own = "mine".getBytes(StandardCharsets.UTF_8);
        Files.write(output, own);
        Files.setLastModifiedTime(output, FileTime.from(HOUR));
        Ended second = pull("--program", directory.resolve("nothing"));
        assertEquals(0, second.code);
        assertEquals(
                "pgofs: " + directory.resolve("nothing") + " does not exist: " + output
                        + " stays as it is, of 2026-11-30T16:00:00Z\n",
                second.err);
        assertArrayEquals(own, Files.readAllBytes(output));
    }

    @Test
    void shouldFailABuildIfAsked() {
        Ended ended = pull("--image", "server", "--required");

        assertEquals(1, ended.code);
        assertEquals("no profile of server in " + directory.resolve("store") + "\n", ended.err);
        assertTrue(Files.notExists(output));
    }

    @Test
    void shouldLeaveAFileThatIsTheSame() throws IOException {
        add(OLD, 0, 1);
        pull("--image", "server");
        Object inode = Files.readAttributes(output, BasicFileAttributes.class).fileKey();
        pull("--image", "server");
        assertEquals(
                inode, Files.readAttributes(output, BasicFileAttributes.class).fileKey());

        add(OLD, 1, 2);
        pull("--image", "server");
        assertEquals(2, pulled());
        assertFalse(inode.equals(
                Files.readAttributes(output, BasicFileAttributes.class).fileKey()));
        try (var files = Files.list(directory)) {
            assertEquals(2, files.count(), "nothing unfinished stays");
        }
    }

    /** Whoever may write to a store names objects as he likes; a terminal would obey. */
    @Test
    void shouldPrintNamesOfObjectsWithoutControlCharacters() throws IOException {
        add(OLD, 0, 1);
        Path pieces = directory.resolve("store/v1/" + OLD.key() + "/ir/20261130T16");
        Files.writeString(pieces.resolve("\u001b[2J\nweb"), "x");
        String store = directory.resolve("store").toString();
        StringWriter err = new StringWriter();
        int code = new CommandLine(new FleetCommand())
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute("merge", "--from", store, "--to", store);

        assertEquals(0, code, err.toString());
        assertTrue(err.toString().startsWith("pgofs: left out: v1/"), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertFalse(err.toString().contains("\u001b"));
    }

    @Test
    void shouldRefuseWordsThatMeanNothing() {
        assertEquals("whose profile? Give --program FILE, --build-id ID or --image NAME\n", pull().err);
        Ended ended = pull("--build-id", "xyz");
        assertEquals(2, ended.code);
        assertTrue(ended.err.startsWith("'xyz' is no build id"), ended.err);
        assertTrue(Files.notExists(output));
    }
}
