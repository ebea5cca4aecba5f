package org.pgofs.fleet.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.it.S3Server;

/**
 * What each store does, a directory and a bucket of a real server. That one of many writers at once wins is the server's to keep:
 * this one looks, and then writes.
 */
final class StoreContractIT {
    private static final byte[] ONE = {1};
    private static final byte[] TWO = {2, 2};

    @TempDir
    static Path directory;

    private static S3Server server;
    private static int stores;

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.start(Files.createDirectory(directory.resolve("buckets")));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static ObjectStore open(String kind) throws IOException {
        String name = kind + stores++;
        if (kind.equals("directory")) {
            return Stores.open(directory.resolve(name + "/in/it").toString());
        }
        server.bucket(name);
        return Stores.open("s3://" + name + "/in/it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"directory", "bucket"})
    void shouldWriteOnceOnly(String kind) throws IOException {
        try (ObjectStore store = open(kind)) {
            assertTrue(store.writeIfAbsent("v1/a/x", ONE));
            assertFalse(store.writeIfAbsent("v1/a/x", TWO));

            assertArrayEquals(ONE, store.read("v1/a/x", 10));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"directory", "bucket"})
    void shouldReplaceAsAWhole(String kind) throws IOException {
        try (ObjectStore store = open(kind)) {
            store.replace("latest", TWO);
            store.replace("latest", ONE);

            assertArrayEquals(ONE, store.read("latest", 10));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"directory", "bucket"})
    void shouldListWhatLiesInADirectory(String kind) throws IOException {
        try (ObjectStore store = open(kind)) {
            assertEquals(List.of(), store.list(""));
            store.writeIfAbsent("v1/b/x", ONE);
            store.writeIfAbsent("v1/a", ONE);
            store.writeIfAbsent("v1/c", ONE);

            assertEquals(List.of("v1/"), store.list(""));
            assertEquals(List.of("a", "b/", "c"), store.list("v1/"));
            assertEquals(List.of(), store.list("v2/"));
            assertEquals(List.of(), store.list("v1/a/"));
        }
    }

    /** More than one answer of S3 has. */
    @ParameterizedTest
    @ValueSource(strings = {"directory", "bucket"})
    void shouldListADirectoryHoweverLargeItIs(String kind) throws IOException {
        try (ObjectStore store = open(kind)) {
            store.writeIfAbsent("many/a", ONE);
            Path place = directory.resolve(
                    (kind.equals("directory") ? "" : "buckets/") + kind + (stores - 1) + "/in/it/many");
            List<String> expected = new ArrayList<>(List.of("a"));
            for (int i = 0; i < 1100; i++) {
                String name = String.format("x%04d", i);
                if (i % 10 == 0) {
                    Files.createLink(Files.createDirectory(place.resolve(name)).resolve("y"), place.resolve("a"));
                    expected.add(name + "/");
                } else {
                    Files.createLink(place.resolve(name), place.resolve("a"));
                    expected.add(name);
                }
            }

            assertEquals(expected, store.list("many/"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"directory", "bucket"})
    void shouldKeepWhatIsLargeAndWhatIsEmpty(String kind) throws IOException {
        byte[] large = new byte[20 << 20];
        for (int i = 0; i < large.length; i += 100) {
            large[i] = (byte) (i >> 8);
        }
        try (ObjectStore store = open(kind)) {
            assertTrue(store.writeIfAbsent("large", large));
            assertTrue(store.writeIfAbsent("empty", new byte[0]));

            assertArrayEquals(large, store.read("large", large.length));
            assertArrayEquals(new byte[0], store.read("empty", 0));
        }
    }

    /** As the names of images and hosts may have them. */
    @ParameterizedTest
    @ValueSource(strings = {"directory", "bucket"})
    void shouldKeepObjectsOfAnyName(String kind) throws IOException {
        String name = "v1/a%20b%c3%a9+_.x-00/ir+cs/20261130T16/we-b_1.%-x.profraw.zst";
        try (ObjectStore store = open(kind)) {
            assertTrue(store.writeIfAbsent(name, ONE));
            assertFalse(store.writeIfAbsent(name, TWO));

            assertArrayEquals(ONE, store.read(name, 10));
            assertEquals(List.of("a%20b%c3%a9+_.x-00/"), store.list("v1/"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"directory", "bucket"})
    void shouldSayThatAnObjectIsNotThere(String kind) throws IOException {
        try (ObjectStore store = open(kind)) {
            assertThrows(NoSuchFileException.class, () -> store.read("x", 10));
            store.writeIfAbsent("v1/x/y", ONE);
            assertThrows(NoSuchFileException.class, () -> store.read("v1/y", 10));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"directory", "bucket"})
    void shouldNotReadMoreThanWanted(String kind) throws IOException {
        try (ObjectStore store = open(kind)) {
            store.writeIfAbsent("x", TWO);

            IOException e = assertThrows(IOException.class, () -> store.read("x", 1));
            assertEquals(store + "/x has 2 bytes, more than 1", e.getMessage());
        }
    }
}
