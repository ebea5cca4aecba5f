package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pgofs fleet merge} in a bucket gives what it gives in a directory. */
final class S3MergeIT {
    private static final Instant HOUR = Instant.parse("2026-01-05T16:00:00Z");
    private static final String IMAGE = "merged/server-0123456789abcdef/ir/";
    private static final String RESULT = IMAGE + "20260105T16-20260105T18/";

    @TempDir
    Path directory;

    private Shell.Result merge(S3Server server, String from, String to) {
        return server.shell(Shell.in(directory))
                .run(
                        Checkout.PGOFS.toString(),
                        "fleet",
                        "merge",
                        "--from",
                        from,
                        "--to",
                        to,
                        "--since",
                        "2026-01-05T16:00Z",
                        "--until",
                        "2026-01-05T18:00Z")
                .ok();
    }

    private long calls(Path result) {
        return Profile.of(Toolchain.DEFAULT, result.resolve(RESULT + "profdata"))
                .calls("main");
    }

    @Test
    void shouldMergeInABucketAsInADirectory() throws Exception {
        byte[] raw = FleetPieces.raw(directory);
        Path pieces = directory.resolve("pieces");
        try (S3Server server = S3Server.start(Files.createDirectory(directory.resolve("buckets")))) {
            Path bucket = server.bucket("fleet").resolve("web");
            for (String store : List.of(pieces.toString(), "s3://fleet/web")) {
                for (int hour = -1; hour <= 2; hour++) {
                    FleetPieces.add(store, HOUR.plusSeconds(3600L * hour), "web-1", raw);
                }
                FleetPieces.add(store, HOUR, "web-2", raw);
            }
            server.relay().takeRequests();

            Shell.Result merged = merge(server, "s3://fleet/web", "s3://fleet/web/");

            assertEquals("", merged.errors());
            assertEquals(3, calls(bucket));
            assertOnlyTheWindowWasRead(server.relay().takeRequests());
            Path local = directory.resolve("merged");
            merge(server, pieces.toString(), local.toString());
            assertSame(local, bucket);

            FleetPieces.add("s3://fleet/web", HOUR, "web-3", raw);
            merge(server, "s3://fleet/web", "s3://fleet/web");
            assertEquals(4, calls(bucket), "late pieces are in the window that is merged again");
        }
    }

    /** Nothing of other hours is asked for, and what points to the result comes last. */
    private static void assertOnlyTheWindowWasRead(List<String> requests) {
        for (String hour : List.of("20260105T15", "20260105T18")) {
            assertTrue(
                    requests.stream().noneMatch(request -> request.contains(hour) && !request.startsWith("PUT")),
                    requests::toString);
        }
        assertEquals(
                3,
                requests.stream()
                        .filter(request -> request.endsWith(".profraw.zst"))
                        .count());
        assertEquals("PUT /fleet/web/" + IMAGE + "latest", requests.get(requests.size() - 1));
    }

    private static void assertSame(Path expected, Path result) throws IOException {
        for (String file : List.of(RESULT + "profdata", RESULT + "manifest.json", IMAGE + "latest")) {
            assertArrayEquals(
                    Files.readAllBytes(expected.resolve(file)), Files.readAllBytes(result.resolve(file)), file);
        }
    }
}
