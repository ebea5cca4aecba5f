package org.pgofs.counters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.Refusal;
import org.pgofs.counters.format.SegmentLayout;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.limits.DroppedFile;
import org.pgofs.counters.segment.RefusedLog;
import org.pgofs.counters.segment.SegmentDirectory;

/** Files in the segment directory that are not what they should be. */
class HostileFilesTest extends StoreFixture {
    @ParameterizedTest
    @ValueSource(strings = {"rm -rf .state; touch .state", "chown nobody .state", "rmdir .state; ln -s /etc .state"})
    void shouldSetAsideAStateThatSomebodyElseMade(String command) throws IOException {
        assertSetAside("rm -rf .state; mkdir .state; " + command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chown nobody .refused", "ln -sf /etc/passwd .refused", "rm .refused; mkfifo .refused"})
    void shouldSetAsideALogThatSomebodyElseMade(String command) throws IOException {
        assertSetAside(command);
    }

    /** Between a look and what follows from it; the link must not be followed. */
    @ParameterizedTest
    @CsvSource({".state, mkdir", ".state, ln -s /tmp", ".refused, ln -s victim", ".refused, mkfifo", ".refused, mkdir"})
    @Timeout(300)
    void shouldNotTrustWhatSomebodyMakesWhileItStarts(String name, String command) throws IOException {
        closeStore();
        run("sh", "-c", "cd " + path + " && rm -rf .state .refused && touch victim && chmod 600 victim");
        directory = SegmentDirectory.acquire(path, new RacingUser(path, name, command));
        store = CounterStore.open(directory, bounds);
        for (String file : List.of(".state", ".refused")) {
            assertEquals(0, Files.getAttribute(path.resolve(file), "unix:uid", LinkOption.NOFOLLOW_LINKS), file);
        }
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve("victim"))));
        assertEquals(Map.of(), store.status().refused());
    }

    private void assertSetAside(String command) throws IOException {
        closeStore();
        assertTrue(run("sh", "-c", "cd " + path + " && " + command));
        reopen();
        assertEquals(1, store.status().dropped().size());
        assertTrue(store.status().dropped().get(0).file().startsWith("aside-"));
        assertEquals(Map.of(), store.status().refused());
    }

    private void assertDropped(Path file, String reason) throws IOException {
        assertEquals(List.of(), store.images());
        List<DroppedFile> dropped = store.status().dropped();
        assertEquals(1, dropped.size());
        assertEquals(file.getFileName().toString(), dropped.get(0).file());
        assertTrue(dropped.get(0).reason().contains(reason), dropped.get(0).reason());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, wrong magic",
        "8, 9, has format version 9",
        "12, 3, page size of",
        "16, 1, not the",
        "56, 1, counters out of place",
        "59, 127, counters out of place",
        "71, -128, counters out of place",
        "69, 1, counters out of place",
        "149, 127, has a path of",
    })
    void shouldDropASegmentWithABadHeader(int at, byte value, String reason) throws IOException {
        assertHeaderDropped(header -> header.put(at, value), reason);
    }

    private void assertHeaderDropped(Consumer<ByteBuffer> damage, String reason) throws IOException {
        try (TestTarget target = new TestTarget(path, 1)) {
            ByteBuffer header = target.header();
            damage.accept(header);
            target.publishSegment(header);
            target.publishImage(target.image());
            assertDropped(target.path(), reason);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, wrong magic",
        "48, 1, bytes of counters",
        "88, 1, records out of place",
        "96, 1, records out of place",
        "103, 127, records out of place",
        "168, 33, outside the counters section",
        "196, 100, outside the counters section",
        "196, 0, outside the counters section",
    })
    void shouldDropASegmentWithABadImage(int at, byte value, String reason) throws IOException {
        try (TestTarget target = new TestTarget(path, 1)) {
            target.publishSegment(target.header());
            ByteBuffer image = target.image();
            target.publishImage(image.put(at, value));
            assertDropped(target.path(), reason);
        }
    }

    @Test
    void shouldDropASegmentThatDoesNotFitItsImage() throws IOException {
        try (TestTarget target = new TestTarget(path, 1)) {
            target.publishSegment(
                    target.header().putLong(SegmentLayout.COUNTERS + Long.BYTES, TestTarget.SECTION_SIZE + 8L));
            target.publishImage(target.image());
            assertDropped(target.path(), "its image");
        }
    }

    private TestTarget start(String path, byte[] image, long key) throws IOException {
        TestTarget target = new TestTarget(this.path, key);
        target.publishSegment(target.header()
                .putInt(SegmentLayout.PATH_SIZE, path.length())
                .put(SegmentLayout.PATH, path.getBytes(UTF_8)));
        target.publishImage(ByteBuffer.wrap(image));
        return target;
    }

    /** The image of a target, with a build id. */
    private byte[] image(long key, String buildId) {
        byte[] id = HexFormat.of().parseHex(buildId);
        ByteBuffer image = new TestTarget(path, key).image();
        int size = image.capacity();
        byte[] bytes = new byte[size + Long.BYTES + id.length];
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(image.rewind())
                .putLong(id.length)
                .put(id)
                .putLong(ImageLayout.FILE_SIZE, bytes.length)
                .putLong(ImageLayout.BINARY_IDS, size)
                .putLong(ImageLayout.BINARY_IDS + Long.BYTES, Long.BYTES + id.length);
        return bytes;
    }

    /** Who publishes first under every name that another image may get does not hide it. */
    @Test
    void shouldServeAnImageWhoseNamesOthersHave() throws IOException {
        String id = "0123456789abcdef";
        byte[] image = image(3, id);
        String digest = StoredImage.digest(image).substring(0, 16);
        try (TestTarget first = start("a", image(1, id), 1);
                TestTarget second = start("a-01234567", image(2, digest), 2);
                TestTarget third = start("a-01234567", image(4, "2".repeat(16)), 4);
                TestTarget fourth = start("a", image(5, id), 5);
                TestTarget victim = start("a", image, 3)) {
            assertTrue(victim.isOpen() && first.isOpen() && second.isOpen() && third.isOpen() && fourth.isOpen());
            List<String> names = store.images().stream().map(Image::name).toList();
            assertEquals(5, Set.copyOf(names).size(), names::toString);
            assertTrue(names.containsAll(List.of("a-01234567", "a-01234567-2", "a-01234567-3")), names::toString);
        }
    }

    @Test
    void shouldTakeOfAnImageWithTheLongestName() throws IOException {
        try (TestTarget target = start("/" + "x".repeat(255), image(1, "0123456789abcdef"), 1)) {
            target.set(1, 2, 3);
            String name = store.images().get(0).name();
            Take take = store.take(name, images -> images);
            take.commit();
            take.close();
            assertArrayEquals(new long[] {0, 0, 0}, counts());
            assertArrayEquals(new long[] {1, 2, 3}, counts(store.lastTake(name).get(0)));
        }
    }

    /** A file system of its owner's may never answer. Here it is one that does. */
    @Test
    void shouldNotOpenWhatIsMountedOnAFile(@TempDir Path elsewhere) throws IOException {
        closeStore();
        try (TestTarget target = new TestTarget(path, 1)) {
            target.publishSegment(target.header());
            target.publishImage(target.image());
            Path copy = Files.copy(target.path(), elsewhere.resolve("copy"));
            assertTrue(run("mount", "--bind", copy.toString(), target.path().toString()));
            try {
                reopen();
                assertEquals(List.of(), store.images());
                assertEquals(
                        List.of("is a mount point"),
                        store.status().dropped().stream()
                                .map(DroppedFile::reason)
                                .toList());
            } finally {
                assertTrue(run("umount", target.path().toString()));
            }
        }
    }

    @Test
    void shouldNotTakeAnotherUsersImageFile() throws IOException {
        try (TestTarget target = new TestTarget(path, 1)) {
            target.publishImage(target.image());
            Files.setAttribute(target.imagePath(), "unix:uid", 65534);
            target.publishSegment(target.header());
            assertEquals(List.of(), store.images());
            assertEquals(1, store.status().unidentified());
            Files.setAttribute(target.imagePath(), "unix:uid", 0);
            Files.move(target.imagePath(), path.resolve(".x"));
            Files.move(path.resolve(".x"), target.imagePath());
            assertEquals(1, store.images().size(), "once it is the owner's");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mkfifo", "mkdir", "ln -s /etc/passwd", "touch", "ln -s s-2"})
    void shouldDropWhatIsNotAFile(String command) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-c", command + " .x && mv .x s-1")
                .directory(path.toFile())
                .inheritIO()
                .start();
        assertEquals(0, shell.waitFor());
        assertDropped(path.resolve("s-1"), "");
    }

    /** One that is no text in any encoding must not keep the store from seeing the others. */
    @ParameterizedTest
    @ValueSource(strings = {"s-\\377\\376", "s-\\033[2J", "\\001", "s-a b", "\\303\\244", "s-\\012s-2"})
    void shouldDropOddNamesAndGoOn(String name) throws IOException {
        assertTrue(run("sh", "-c", "cd " + path + " && touch .x && mv .x \"$(printf '" + name + "')\""));
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.set(1, 2, 3);
            assertArrayEquals(new long[] {1, 2, 3}, counts());
            assertEquals(1, store.status().dropped().size());
            String file = store.status().dropped().get(0).file();
            assertTrue(file.matches("[!-~]+"), file);
            closeStore();
            reopen();
            assertArrayEquals(new long[] {1, 2, 3}, counts());
            assertEquals(file, store.status().dropped().get(0).file());
        }
    }

    @Test
    void shouldDropAForeignNameOf255Bytes() throws IOException {
        Path file = path.resolve("s-" + "x".repeat(253));
        Files.move(Files.createFile(path.resolve(".x")), file);
        assertDropped(file, "too short");
    }

    /** The usual name of its image file was taken: the target writes a nonce when its file has another one. */
    @Test
    void shouldSeeANonceThatIsWrittenAfterTheImageFile() throws IOException {
        try (TestTarget target = new TestTarget(path, 1)) {
            target.publishSegment(target.header());
            target.withNonce(7).publishImage(target.image());
            assertEquals(List.of(), store.images());
            target.write(SegmentLayout.IMAGE_NONCE, (byte) 7);
            assertEquals(1, store.images().size());
        }
    }

    @Test
    void shouldCountWhatCouldNotPublish() throws IOException {
        Files.write(path.resolve(RefusedLog.NAME), new byte[] {1, 4, 1});
        assertEquals(
                Map.of(Refusal.NO_SPACE, 2L, Refusal.NOT_ALIGNED, 1L),
                store.status().refused());
    }

    @Test
    void shouldForgetWithAResetOfAllWhatCouldNotPublish() throws IOException {
        Files.write(path.resolve(RefusedLog.NAME), new byte[] {1});
        store.reset(images -> images);
        assertEquals(Map.of(Refusal.NO_SPACE, 1L), store.status().refused());
        store.resetAll();
        assertEquals(Map.of(), store.status().refused());
        Files.write(path.resolve(RefusedLog.NAME), new byte[] {4}, StandardOpenOption.APPEND);
        assertEquals(Map.of(Refusal.NOT_ALIGNED, 1L), store.status().refused());
    }

    /** Whatever becomes of the log, the status is there, and programs have a log again. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rm .refused",
                "rm .refused; mkdir .refused",
                "rm .refused; mkfifo .refused",
                "rm .refused; ln -s /etc/passwd .refused",
                "chown 12345 .refused",
                "chmod 0 .refused; printf x >>.refused",
            })
    @Timeout(300)
    void shouldHaveALogOfRefusalsAgain(String command) throws IOException {
        assertTrue(run("sh", "-c", "cd " + path + " && " + command));
        assertEquals(Map.of(), store.status().refused());
        assertTrue(Files.isRegularFile(path.resolve(".refused"), LinkOption.NOFOLLOW_LINKS));
        assertEquals(0, Files.getAttribute(path.resolve(".refused"), "unix:uid"));
    }

    @Test
    void shouldGiveTheStatusWhereThereCanBeNoLogOfRefusals() throws IOException {
        assertTrue(run("sh", "-c", "cd " + path + " && rm -rf .refused .state"));
        assertEquals(Map.of(), store.status().refused());
        assertEquals(".refused", store.status().dropped().get(0).file());
    }

    /** A target whose file size is limited to 0 can write no byte, but make an empty file. */
    @Test
    void shouldCountWhatSaysByANameThatItCouldNotPublish() throws IOException {
        String hex = "0123456789abcdef0123456789abcd";
        Files.createFile(path.resolve("t-1"));
        Files.move(path.resolve("t-1"), path.resolve("r-2-" + hex));
        store.images();
        assertEquals(Map.of(Refusal.FILE_LIMIT, 1L), store.status().refused());
        closeStore();
        Files.createFile(path.resolve("r-4-" + hex));
        Files.createDirectory(path.resolve("r-5-" + hex));
        Files.writeString(path.resolve("r-6-" + hex), "x", UTF_8);
        Files.createFile(path.resolve("r-7"));
        reopen();
        assertEquals(
                Map.of(Refusal.FILE_LIMIT, 1L, Refusal.NOT_ALIGNED, 1L),
                store.status().refused());
        assertEquals(3, store.status().dropped().size());
        for (String number : List.of("2", "4")) {
            assertFalse(Files.exists(path.resolve("r-" + number + "-" + hex)));
        }
    }

    @Test
    void shouldDeleteWhatAKilledTargetLeftUnfinished() throws IOException {
        Path unfinished = path.resolve("t-1");
        Files.writeString(unfinished, "x", UTF_8);
        await(() -> store.images().isEmpty() && !Files.exists(unfinished));
    }
}
