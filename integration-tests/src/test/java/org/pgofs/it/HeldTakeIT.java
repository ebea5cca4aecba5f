package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pgo/images/NAME/.held-take} takes when the reader says so, and tells it afterwards whether it did. */
final class HeldTakeIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;
    private static final int HEADER = 4096;
    private static final String KEEPER = "0123456789abcdef0123456789abcdef";
    private static final String COMMIT = "commit " + KEEPER;

    @TempDir
    Path directory;

    private static Path image(PgofsMount mount) throws IOException {
        try (Stream<Path> images = Files.list(mount.root().resolve("pgo/images"))) {
            return images.findFirst().orElseThrow();
        }
    }

    private static FileChannel open(PgofsMount mount) throws IOException {
        return FileChannel.open(image(mount).resolve(".held-take"), StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static byte[] read(FileChannel file, int pieces) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
        while (bytes.hasRemaining()) {
            int limit = Math.min(bytes.capacity(), bytes.position() + pieces);
            int count = file.read(bytes.duplicate().limit(limit), bytes.position());
            assertTrue(count > 0, "the size is that which was told");
            bytes.position(bytes.position() + count);
        }
        return bytes.array();
    }

    private static Map<?, ?> header(byte[] take) throws IOException {
        return (Map<?, ?>) Json.parse(new String(take, 0, HEADER, StandardCharsets.UTF_8));
    }

    private long counted(byte[] take) throws IOException {
        Path profile = directory.resolve("taken.profraw");
        try (var file = Files.newOutputStream(profile)) {
            file.write(take, HEADER, take.length - HEADER);
        }
        return Profile.of(TOOLCHAIN, profile).calls("counted");
    }

    private static void write(FileChannel file, String text) throws IOException {
        file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static Map<?, ?> takes(PgofsMount mount) {
        return (Map<?, ?>) mount.status().get("takes");
    }

    @Test
    void shouldTakeWhenTheReaderSaysSoAndNotBefore() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(5);
            for (int pieces : List.of(1 << 20, 100)) {
                try (FileChannel held = open(mount)) {
                    assertEquals(5, counted(read(held, pieces)));
                }
                Await.until("the take was given up", () -> {
                    try (FileChannel next = open(mount)) {
                        return next.isOpen();
                    } catch (IOException e) {
                        return false;
                    }
                });
            }
            assertEquals(0L, takes(mount).get("last"));
            try (FileChannel held = open(mount)) {
                held.read(ByteBuffer.allocate(HEADER + 64));
                assertThrows(IOException.class, () -> write(held, COMMIT), "not all of it was read");
                byte[] take = read(held, 1 << 20);
                assertThrows(IOException.class, () -> write(held, "commit me"), "no keeper");
                assertThrows(IOException.class, () -> write(held, COMMIT + "\n" + COMMIT), "two of them");
                worker.work(2);
                Shell.Result second =
                        mount.shell().bash("! cat \"$1/take\"", image(mount)).ok();
                assertTrue(second.errors().contains("Device or resource busy"), second::toString);
                write(held, COMMIT);
                assertThrows(IOException.class, () -> write(held, COMMIT), "a second time");
                assertEquals(5, counted(take));
                Map<?, ?> header = header(take);
                assertEquals(1L, header.get("number"));
                assertEquals(takes(mount).get("store"), header.get("store"));
                assertEquals(image(mount).getFileName().toString(), header.get("image"));
                assertEquals(1L, header.get("live_processes"));
                assertEquals((long) take.length - HEADER, header.get("size"));
                assertEquals(64, ((String) header.get("digest")).length());
            }
            assertEquals(2, RawCounts.first(mount.copy(), "counted"));
            assertEquals(Map.of(KEEPER, 1L), takes(mount).get("keepers"));
        }
    }

    /** Neither another taker nor another daemon makes the reader forget whether its take was committed. */
    @Test
    void shouldTellAfterwardsWhetherItWasTaken() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(5);
            try (FileChannel held = open(mount)) {
                read(held, 1 << 20);
                write(held, COMMIT);
            }
            worker.work(2);
            Path image = image(mount);
            assertEquals("", Files.readString(image.resolve("last-take-number")));
            assertEquals(0, Files.size(image.resolve("last-take")), "what the reader has needs no second copy");
            mount.shell().bash("cat \"$1/take\" >taken", image).ok();
            assertTrue(Files.readString(image.resolve("last-take-number")).startsWith("2 20"));
            mount.shell().bash("cat \"$1/pgo/take\" >taken", mount.root()).ok();
            assertTrue(Files.readString(mount.root().resolve("pgo/last-take-number"))
                    .startsWith("3 20"));

            worker.work(3);
            FileChannel held = open(mount);
            assertEquals(4L, header(read(held, 1 << 20)).get("number"));
            mount.killDaemon();
            assertThrows(IOException.class, () -> write(held, COMMIT));
            held.close();
            mount.startDaemon();
            assertEquals(Map.of(KEEPER, 1L), takes(mount).get("keepers"));
            assertEquals(3L, takes(mount).get("last"));
            assertTrue(Files.readString(image.resolve("last-take-number")).startsWith("2 20"));
            assertEquals(3, RawCounts.first(mount.copy(), "counted"));
        }
    }

    @Test
    void shouldLetOnlyTheOwnerHoldATake() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(5);
            Path file = image(mount).resolve(".held-take");
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            try (Stream<Path> listed = Files.list(image(mount))) {
                assertTrue(listed.noneMatch(file::equals));
            }
        }
    }
}
