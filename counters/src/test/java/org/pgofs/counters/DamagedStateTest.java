package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.limits.Bounds;
import org.pgofs.counters.limits.DroppedFile;
import org.pgofs.counters.segment.SegmentDirectory;

/** State that is not what was written: set aside, said, and of no harm to the rest. */
class DamagedStateTest extends StoreFixture {
    private TestTarget one;
    private TestTarget two;

    /** What may happen to a file. */
    enum Damage {
        FLIPPED {
            @Override
            byte[] to(byte[] bytes) {
                bytes[bytes.length / 2] ^= 1;
                return bytes;
            }
        },
        CUT_OFF {
            @Override
            byte[] to(byte[] bytes) {
                return Arrays.copyOf(bytes, bytes.length - 3);
            }
        },
        LONGER {
            @Override
            byte[] to(byte[] bytes) {
                return Arrays.copyOf(bytes, bytes.length + 8);
            }
        },
        EMPTY {
            @Override
            byte[] to(byte[] bytes) {
                return new byte[0];
            }
        },
        DELETED {
            @Override
            byte[] to(byte[] bytes) {
                return null;
            }
        };

        abstract byte[] to(byte[] bytes);

        void apply(Path file) throws IOException {
            byte[] damaged = to(Files.readAllBytes(file));
            Files.delete(file);
            if (damaged != null) {
                Files.write(file, damaged);
            }
        }
    }

    /** Two images, of each a process that runs and one that ended; a reset was between. */
    @BeforeEach
    void count() throws IOException {
        one = TestTarget.start(path, 1);
        two = TestTarget.start(path, 2);
        one.set(1000, 0, 0);
        two.set(2000, 0, 0);
        take().commit();
        for (int image = 1; image <= 2; image++) {
            TestTarget ended = TestTarget.start(path, image);
            ended.set(10L * image, 0, 0);
            ended.close();
        }
        one.set(1001, 0, 0);
        two.set(2002, 0, 0);
        await(() -> store.status().images().stream().allMatch(image -> image.ended() == 1));
        assertEquals(Map.of(1L, 11L, 2L, 22L), first());
        closeStore();
    }

    @AfterEach
    void end() throws IOException {
        one.close();
        two.close();
    }

    /** The first counter of each image. */
    private Map<Long, Long> first() throws IOException {
        Map<Long, Long> first = new LinkedHashMap<>();
        for (Snapshot snapshot : store.freeze(images -> images)) {
            long key = Long.reverseBytes(((StoredImage) snapshot.image()).file().getLong(ImageLayout.KEY));
            first.put(key, snapshot.counters().getLong(0));
        }
        return first;
    }

    private Path file(String prefix, int image) throws IOException {
        try (var files = Files.list(path.resolve(".state"))) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .filter(file -> file.getFileName().toString().contains(digest(image)))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private String digest(int image) {
        try {
            return StoredImage.restore((image == 1 ? one : two).image().array(), "any")
                    .digest();
        } catch (InvalidFileException e) {
            throw new AssertionError(e);
        }
    }

    private void assertSetAside(String... prefixes) throws IOException {
        List<String> names = store.status().state().setAside().stream()
                .map(DroppedFile::file)
                .toList();
        assertEquals(prefixes.length, names.size(), names::toString);
        for (int i = 0; i < prefixes.length; i++) {
            assertTrue(names.get(i).startsWith("damaged-" + prefixes[i]), names::toString);
        }
    }

    private void reopenTwice(Map<Long, Long> expected, String... setAside) throws IOException {
        for (int i = 0; i < 2; i++) {
            reopen();
            assertEquals(expected, first());
            assertSetAside(setAside);
            closeStore();
        }
        reopen();
    }

    @ParameterizedTest
    @EnumSource(names = "DELETED", mode = EnumSource.Mode.EXCLUDE)
    void shouldLoseTheCountsOfOneImageOnlyAndSaySo(Damage damage) throws IOException {
        damage.apply(file("carry-", 1));
        reopenTwice(Map.of(1L, 0L, 2L, 22L), "carry-", "taken-");
        one.set(1008, 0, 0);
        assertEquals(Map.of(1L, 7L, 2L, 22L), first());
        closeStore();
        reopenTwice(Map.of(1L, 7L, 2L, 22L), "carry-", "taken-");
    }

    @Test
    void shouldNotTakeOneCarryForAnother() throws IOException {
        Files.write(file("carry-", 1), Files.readAllBytes(file("carry-", 2)));
        reopenTwice(Map.of(1L, 0L, 2L, 22L), "carry-", "taken-");
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeUpEverythingWithoutTheManifest(Damage damage) throws IOException {
        damage.apply(path.resolve(".state/manifest"));
        reopen();
        assertEquals(Map.of(1L, 11L, 2L, 22L), first());
        assertEquals(1, store.status().state().setAside().size());
        assertEquals(2, store.lastTake("all").size());
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadAnImageAgainOutOfTheSegmentDirectory(Damage damage) throws IOException {
        damage.apply(file("image-", 1));
        reopen();
        assertEquals(Map.of(1L, 11L, 2L, 22L), first());
        assertEquals(1, store.status().state().setAside().size());
        closeStore();
        reopen();
        assertEquals(Map.of(1L, 11L, 2L, 22L), first());
    }

    @Test
    void shouldKeepTheCarryOfAnImageUntilAProcessBringsIt() throws IOException {
        Damage.FLIPPED.apply(file("image-", 1));
        Files.delete(one.imagePath());
        reopen();
        assertEquals(Map.of(2L, 22L), first());
        assertSetAside("image-", "taken-");
        closeStore();
        reopen();
        assertEquals(Map.of(2L, 22L), first());
        one.publishImage(one.image());
        assertEquals(Map.of(1L, 11L, 2L, 22L), first());
        closeStore();
        reopenTwice(Map.of(1L, 11L, 2L, 22L), "image-", "taken-");
    }

    @ParameterizedTest
    @EnumSource
    void shouldOnlyLoseWhatWasTakenLast(Damage damage) throws IOException {
        damage.apply(file("taken-", 1));
        reopen();
        assertEquals(Map.of(1L, 11L, 2L, 22L), first());
        assertEquals(1, store.lastTake("all").size());
        assertEquals(1, store.status().state().setAside().size());
    }

    @Test
    void shouldBeginAnewWhenNothingCanBeRead() throws IOException {
        for (int image = 1; image <= 2; image++) {
            Damage.CUT_OFF.apply(file("carry-", image));
        }
        Damage.CUT_OFF.apply(path.resolve(".state/manifest"));
        reopen();
        assertEquals(Map.of(1L, 0L, 2L, 0L), first());
        assertSetAside("carry-", "carry-", "manifest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "3"})
    void shouldRefuseStateOfAnotherVersion(String version) throws IOException {
        Path manifest = path.resolve(".state/manifest");
        byte[] before = Files.readAllBytes(manifest);
        String lines = Files.readString(manifest).replace("pgofs-state 2", "pgofs-state " + version);
        lines = lines.substring(0, lines.indexOf("checksum"));
        CRC32C crc = new CRC32C();
        crc.update(lines.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Files.writeString(manifest, lines + "checksum " + Long.toHexString(crc.getValue()) + "\n");
        directory = SegmentDirectory.acquire(path);
        IOException refused = assertThrows(IOException.class, () -> CounterStore.open(directory, Bounds.of(1L << 30)));
        assertEquals(
                path.resolve(".state") + " is state of format version " + version + ", and this pgofs reads version 2:"
                        + " start the pgofs that wrote it, or delete it to begin without its counts",
                refused.getMessage());
        directory.close();
        assertTrue(Files.exists(file("carry-", 1)));
        Files.write(manifest, before);
        reopen();
        assertArrayEquals(
                new Object[] {11L, 22L}, first().values().stream().sorted().toArray());
    }
}
