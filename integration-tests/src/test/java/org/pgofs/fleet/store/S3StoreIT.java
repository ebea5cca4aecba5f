package org.pgofs.fleet.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.it.S3Relay.Fault;
import org.pgofs.it.S3Server;

/** S3 when something is wrong: with the way to it, its answers, and what the user has configured. */
final class S3StoreIT {
    private static final byte[] ONE = {1};
    private static final byte[] TWO = {2, 2};

    @TempDir
    Path directory;

    private S3Server server;
    private Path objects;

    @BeforeEach
    void start() throws Exception {
        server = S3Server.start(Files.createDirectory(directory.resolve("buckets")));
        objects = server.bucket("fleet").resolve("here");
        // Nothing that the machine's user has configured.
        server.set("user.home", directory.toString());
        server.set("aws.configFile", directory.resolve("config").toString());
        server.set("aws.sharedCredentialsFile", directory.resolve("credentials").toString());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private static ObjectStore open() throws IOException {
        return Stores.open("s3://fleet/here/");
    }

    /** The SDK tries again, and finds what it has written itself. */
    @Test
    void shouldFindItsOwnObjectWhenTheAnswerWasLost() throws IOException {
        try (ObjectStore store = open()) {
            server.relay().fail(Fault.LOST_ANSWER);
            assertFalse(store.writeIfAbsent("x", ONE));
            assertArrayEquals(ONE, store.read("x", 1));
            assertEquals(
                    List.of("PUT /fleet/here/x", "PUT /fleet/here/x", "GET /fleet/here/x"),
                    server.relay().takeRequests());
        }
    }

    @Test
    void shouldTryAgainWhenAnotherWriterIsAtIt() throws IOException {
        try (ObjectStore store = open()) {
            server.relay().answer("409 ConditionalRequestConflict", "409 ConditionalRequestConflict");
            assertTrue(store.writeIfAbsent("x", ONE));
            assertEquals(3, server.relay().takeRequests().size());
        }
    }

    @Test
    void shouldTryAgainWhenTheServerHasTooMuchToDo() throws IOException {
        try (ObjectStore store = open()) {
            server.relay().answer("503 SlowDown", "500 InternalError", "503 SlowDown");
            store.replace("x", TWO);
            assertArrayEquals(TWO, Files.readAllBytes(objects.resolve("x")));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "403 AccessDenied | access to s3://fleet/here/x is denied: these credentials need s3:PutObject,"
                        + " s3:GetObject or s3:ListBucket there",
                "400 ExpiredToken | the credentials for s3://fleet/here are refused (ExpiredToken): see AWS_PROFILE, or"
                        + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                "301 PermanentRedirect; x-amz-bucket-region: eu-central-1 | the bucket fleet is in another region,"
                        + " eu-central-1: set AWS_REGION",
                "501 NotImplemented | the server of s3://fleet/here does not know If-None-Match, by which no object is"
                        + " written twice: use a newer one",
                "418 Teapot | the store answers 418 Teapot for s3://fleet/here/x",
            })
    void shouldSayInALineWhatAnAnswerMeans(String answer, String line) throws IOException {
        try (ObjectStore store = open()) {
            // Whatever is tried again.
            server.relay().answer(answer, answer, answer, answer, answer);
            IOException e = assertThrows(IOException.class, () -> store.writeIfAbsent("x", ONE));
            assertEquals(line, e.getMessage());
        }
    }

    @Test
    void shouldSayThatThereIsNoBucket() throws IOException {
        try (ObjectStore store = Stores.open("s3://elsewhere")) {
            for (Refused call : List.<Refused>of(
                    () -> store.list("v1/"),
                    () -> store.writeIfAbsent("x", ONE),
                    () -> store.replace("x", ONE),
                    () -> store.read("x", 1))) {
                assertEquals(
                        "there is no bucket elsewhere: make it, or see AWS_ENDPOINT_URL",
                        assertThrows(IOException.class, call::make).getMessage());
            }
        }
    }

    private interface Refused {
        void make() throws IOException;
    }

    private static String refusal() throws IOException {
        try (ObjectStore store = open()) {
            return assertThrows(IOException.class, () -> store.writeIfAbsent("x", ONE))
                    .getMessage();
        }
    }

    @Test
    void shouldSayWhatIsNotConfigured() throws IOException {
        server.set("aws.secretAccessKey", "wrong");
        assertEquals(
                "the credentials for s3://fleet/here are refused (SignatureDoesNotMatch): see AWS_PROFILE, or"
                        + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                refusal());
        server.set("aws.accessKeyId", null);
        server.set("aws.secretAccessKey", null);
        assertEquals(
                "no credentials for s3://fleet/here: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                refusal());
        server.set("aws.endpointUrl", null);
        assertEquals(
                "no region is known for s3://fleet/here: set AWS_REGION, or AWS_ENDPOINT_URL for a server that is not"
                        + " Amazon's",
                refusal());
    }

    /** As in ~/.aws, with a profile that somebody chose. */
    @Test
    void shouldReadTheConfigurationOfTheUser() throws IOException {
        String endpoint = server.environment().get("AWS_ENDPOINT_URL");
        Files.writeString(
                directory.resolve("config"), "[profile lab]\nregion = eu-central-1\nendpoint_url = " + endpoint + "\n");
        Files.writeString(
                directory.resolve("credentials"),
                "[lab]\naws_access_key_id = " + System.getProperty("aws.accessKeyId") + "\naws_secret_access_key = "
                        + System.getProperty("aws.secretAccessKey") + "\n");
        for (String property : List.of("aws.accessKeyId", "aws.secretAccessKey", "aws.endpointUrl")) {
            server.set(property, null);
        }
        server.set("aws.profile", "lab");
        try (ObjectStore store = open()) {
            assertTrue(store.writeIfAbsent("x", ONE));
        }
        assertArrayEquals(ONE, Files.readAllBytes(objects.resolve("x")));
    }

    /** One that reads nothing holds neither a reader nor somebody who sends it more than its buffers have room for. */
    @Test
    void shouldGiveUpAServerThatNeverAnswers() throws Exception {
        try (S3Store store = new S3Store(S3Location.parse("s3://fleet/here"), Duration.ofSeconds(1))) {
            for (Refused call : List.<Refused>of(
                    () -> store.list("v1/"), () -> store.read("x", 1), () -> store.replace("x", new byte[12 << 20]))) {
                server.relay().fail(Fault.SILENT, Fault.SILENT, Fault.SILENT, Fault.SILENT, Fault.SILENT);
                String said = assertThrows(IOException.class, call::make).getMessage();
                assertTrue(said.startsWith("the store s3://fleet/here does not answer: "), said);
                server.relay().fail();
            }
        }
    }

    @Test
    void shouldSayThatNobodyListens() throws Exception {
        server.relay().close();
        assertEquals("the store s3://fleet/here does not answer: Connection refused", refusal());
    }

    /** What others put into the bucket beside the fleet's objects. */
    @Test
    void shouldPassOverOddKeys() throws IOException {
        try (ObjectStore store = open()) {
            store.writeIfAbsent("v1/x", ONE);
            for (String odd : List.of("v1/.hidden", "v1/.dir/x")) {
                Files.createDirectories(objects.resolve(odd).getParent());
                Files.createLink(objects.resolve(odd), objects.resolve("v1/x"));
            }
            assertEquals(List.of("x"), store.list("v1/"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://", "s3:///x", "s3://UPPER/x", "s3://b", "s3://a b", "s3://bucket?x"})
    void shouldRefuseWhatIsNoBucket(String name) {
        IOException e = assertThrows(IOException.class, () -> Stores.open(name));
        assertEquals(name + " is no store: give s3://BUCKET or s3://BUCKET/PREFIX", e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "s3://fleet, s3://fleet",
        "s3://fleet/, s3://fleet",
        "s3://fleet/a/b/, s3://fleet/a/b",
        "s3://a.b-c/x, s3://a.b-c/x"
    })
    void shouldBeNamedAsItWasAskedFor(String name, String expected) throws IOException {
        try (ObjectStore store = Stores.open(name)) {
            assertEquals(expected, store.toString());
        }
    }
}
