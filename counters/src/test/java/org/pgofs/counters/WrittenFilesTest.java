package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pgofs.counters.StoreFixture.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.counters.counts.SampledMember.Sample;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueList;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.LoadedImage;
import org.pgofs.counters.limits.Bounds;
import org.pgofs.counters.linux.FaultyChanges;
import org.pgofs.counters.linux.FileChanges;
import org.pgofs.counters.linux.ReadableFile;
import org.pgofs.counters.linux.RealChanges;
import org.pgofs.counters.process.StockProgram;
import org.pgofs.counters.process.StockPrograms;
import org.pgofs.counters.process.StockSources;
import org.pgofs.counters.process.WrittenProfile;
import org.pgofs.counters.segment.SegmentDirectory;
import org.pgofs.counters.written.FilesStatus;

/** Profiles that programs wrote: each counts once, whatever happens. */
final class WrittenFilesTest {
    private static final int COUNTERS = 3;
    private static final String DIRECTORY = "profiles-of-a-test";

    /** No process has so large a number. */
    private static final int PID = 99_999_000;

    @TempDir
    private Path temporary;

    private Path path;
    private SegmentDirectory directory;
    private CounterStore store;

    /** A format of its own: three counters for each time that the process wrote its profile. */
    private static final class Triples implements StockPrograms {
        @Override
        public Optional<StockProgram> read(ReadableFile file) {
            return Optional.empty();
        }

        @Override
        public List<WrittenProfile> profiles(ByteBuffer bytes) throws InvalidFileException {
            InvalidFileException.require(bytes.remaining() % (COUNTERS * Long.BYTES) == 0, "is cut");
            List<WrittenProfile> profiles = new ArrayList<>();
            for (int at = 0; at < bytes.limit(); at += COUNTERS * Long.BYTES) {
                profiles.add(new WrittenProfile(
                        image(),
                        new Sample(bytes.slice(at, COUNTERS * Long.BYTES), ByteBuffer.allocate(0), new ValueList())));
            }
            return profiles;
        }

        private static LoadedImage image() {
            byte[] name = "main".getBytes(StandardCharsets.UTF_8);
            ByteBuffer names = ByteBuffer.allocate(name.length + 2)
                    .put((byte) name.length)
                    .put((byte) 0)
                    .put(name)
                    .flip();
            LoadedImage.Function function =
                    new LoadedImage.Function(md5(name), 1, 0, COUNTERS, 0, 0, 0, 0, List.of(0, 0, 0));
            ByteBuffer none = ByteBuffer.allocate(0);
            return new LoadedImage(
                    new LoadedImage.Parts(8 | Variant.IR, none, COUNTERS * Long.BYTES, 0, names, none, none),
                    List.of(function));
        }

        private static long md5(byte[] name) {
            try {
                return ByteBuffer.wrap(MessageDigest.getInstance("MD5").digest(name))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getLong();
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public boolean isProfile(long word) {
            return false;
        }
    }

    private void open(FileChanges changes) throws IOException {
        if (path == null) {
            path = Files.createTempDirectory(temporary, "segments");
        }
        directory = SegmentDirectory.acquire(path, changes);
        store = CounterStore.open(
                directory, Bounds.of(1L << 30), new StockSources(new Triples(), Path.of("/nonexistent"), false));
    }

    private void close() throws IOException {
        try {
            store.close();
        } catch (FaultyChanges.Died e) {
            assertFalse(store.isTakeInProgress());
        }
        directory.close();
    }

    /** A directory as pgofs config makes it. */
    private Path makeDirectory() throws IOException {
        Path hidden = Files.createDirectory(path.resolve("." + DIRECTORY));
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rwx------"));
        Path made = Files.move(hidden, path.resolve(DIRECTORY));
        await(() -> SegmentDirectory.isMountPoint(made));
        return made;
    }

    private static Path write(Path file, long... counters) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(counters.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(counters);
        // Complete when it has its name: the test has not ended as its process has.
        Path unfinished = Files.write(file.resolveSibling("unfinished"), bytes.array());
        return Files.move(unfinished, file);
    }

    private List<Long> counts() throws IOException {
        List<Long> counts = new ArrayList<>();
        for (Snapshot snapshot : store.freeze(images -> images)) {
            ByteBuffer counters = snapshot.counters();
            while (counters.hasRemaining()) {
                counts.add(counters.getLong());
            }
        }
        return counts;
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @AfterEach
    void unmount() throws IOException {
        if (path != null) {
            close();
            detach();
        }
    }

    private void detach() throws IOException {
        await(() -> StoreFixture.run("umount", "-R", path.toString()));
        path = null;
    }

    @Test
    void shouldCountEachFileOnceWhereverItDies() throws IOException {
        boolean hit = true;
        int steps = 0;
        for (int step = 0; hit; step++) {
            FaultyChanges faults = new FaultyChanges(true);
            faults.disarm();
            open(faults);
            Path made = makeDirectory();
            faults.arm(step);
            write(made.resolve(PID + ".profraw"), 1, 2, 3);
            write(made.resolve("named." + (PID + 1) + ".profraw"), 10, 20, 30);
            try {
                store.freeze(images -> images);
            } catch (FaultyChanges.Died e) {
                assertTrue(faults.isHit());
            }
            close();
            hit = faults.isHit();
            open(RealChanges.INSTANCE);
            assertEquals(List.of(11L, 22L, 33L), counts(), "step " + step);
            assertEquals(List.of(), names(made), "step " + step);
            close();
            open(RealChanges.INSTANCE);
            assertEquals(List.of(11L, 22L, 33L), counts(), "step " + step + ", later");
            close();
            detach();
            steps = step;
        }
        assertTrue(steps > 5, "only " + steps + " steps");
        open(RealChanges.INSTANCE);
    }

    @Test
    void shouldCountTheHighestOfWhatOneProcessWrote() throws IOException {
        open(RealChanges.INSTANCE);
        Path made = makeDirectory();
        write(made.resolve(PID + ".profraw"), 1, 2, 3, 2, 2, 5);
        assertEquals(List.of(2L, 2L, 5L), counts());
        // A child that outlived it.
        write(made.resolve(PID + ".profraw"), 1, 0, 0);
        assertEquals(List.of(3L, 2L, 5L), counts());
        // A child and its parent, which did other things after the fork.
        write(made.resolve((PID + 1) + ".profraw"), 50, 60, 70, 55, 60, 7);
        assertEquals(List.of(58L, 62L, 75L), counts());
        assertEquals(List.of(), names(made));
        assertEquals(new FilesStatus(1, 3, Map.of(), Map.of()), store.status().files());
    }

    @Test
    void shouldLeaveTheFileOfARunningProcess() throws IOException {
        open(RealChanges.INSTANCE);
        Path made = makeDirectory();
        Process process = new ProcessBuilder("sleep", "infinity").start();
        try {
            Path file = write(made.resolve(process.pid() + ".profraw"), 1, 2, 3);
            Path begun = Files.createFile(made.resolve("7.profraw"));
            Files.move(begun, made.resolve("program." + process.pid() + ".profraw"));
            assertEquals(List.of(), counts());
            assertEquals(2, names(made).size());
            assertTrue(Files.exists(file));
        } finally {
            process.destroyForcibly().onExit().join();
        }
        assertEquals(List.of(1L, 2L, 3L), counts());
        assertEquals(List.of(), names(made));
    }

    @Test
    void shouldRefuseWhatIsNoProfile() throws IOException {
        open(RealChanges.INSTANCE);
        Path made = makeDirectory();
        write(made.resolve(PID + ".profraw"), 1);
        write(made.resolve((PID + 1) + ".profraw"), 1, 2, 3);
        assertEquals(List.of(1L, 2L, 3L), counts());
        assertEquals(List.of(), names(made));
        assertEquals(
                new FilesStatus(1, 1, Map.of("is cut", 1L), Map.of()),
                store.status().files());
    }
}
