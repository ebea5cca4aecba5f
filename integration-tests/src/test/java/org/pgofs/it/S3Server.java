package org.pgofs.it;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStoreContext;

/**
 * A real server for S3 on loopback, which asks for credentials. Its buckets are directories, and its objects files. A relay
 * stands before it, which can fail in the ways that networks do.
 */
public final class S3Server implements AutoCloseable {
    private static final String KEY = "key-of-the-test";
    private static final String SECRET = "secret-of-the-test";

    private final Path directory;
    private final BlobStoreContext files;
    private final S3Proxy server;
    private final S3Relay relay;
    private final Map<String, String> propertiesBefore = new HashMap<>();

    private S3Server(Path directory, BlobStoreContext files, S3Proxy server, S3Relay relay) {
        this.directory = directory;
        this.files = files;
        this.server = server;
        this.relay = relay;
    }

    /**
     * Starts one. Programs of the SDK in this process find it and its credentials.
     *
     * @param directory in which its buckets are
     * @return the server, which answers
     * @throws Exception if it does not start
     */
    public static S3Server start(Path directory) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("jclouds.filesystem.basedir", directory.toString());
        BlobStoreContext files = ContextBuilder.newBuilder("filesystem-nio2")
                .credentials("identity", "credential")
                .overrides(properties)
                .build(BlobStoreContext.class);
        S3Proxy server = S3Proxy.builder()
                .blobStore(files.getBlobStore())
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, KEY, SECRET)
                .build();
        server.start();
        S3Server started = new S3Server(directory, files, server, new S3Relay(server.getPort()));
        started.environment().forEach((name, value) -> started.set(property(name), value));
        return started;
    }

    /** What Java's SDK calls a variable of the environment: AWS_ACCESS_KEY_ID is aws.accessKeyId. */
    private static String property(String variable) {
        StringBuilder name = new StringBuilder();
        for (String word : variable.toLowerCase(Locale.ROOT).split("_", -1)) {
            name.append(name.length() <= 4 ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
            if (word.equals("aws")) {
                name.append('.');
            }
        }
        return name.toString();
    }

    /**
     * Sets a system property until the server is closed.
     *
     * @param property its name
     * @param value null for none
     */
    public void set(String property, String value) {
        propertiesBefore.putIfAbsent(property, System.getProperty(property));
        put(property, value);
    }

    private static void put(String property, String value) {
        if (value == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }

    /**
     * What a program needs in its environment.
     *
     * @return names and values
     */
    public Map<String, String> environment() {
        return Map.of(
                "AWS_ENDPOINT_URL",
                "http://127.0.0.1:" + relay.port(),
                "AWS_ACCESS_KEY_ID",
                KEY,
                "AWS_SECRET_ACCESS_KEY",
                SECRET,
                "AWS_EC2_METADATA_DISABLED",
                "true");
    }

    /**
     * A shell whose programs find the server.
     *
     * @param shell any
     * @return with this server in its environment
     */
    Shell shell(Shell shell) {
        Shell with = shell;
        for (Map.Entry<String, String> variable : environment().entrySet()) {
            with = with.with(variable.getKey(), variable.getValue());
        }
        return with;
    }

    /**
     * Makes a bucket.
     *
     * @param name of it
     * @return the directory in which its objects are
     * @throws IOException if it cannot be made
     */
    public Path bucket(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    /**
     * What stands before it.
     *
     * @return the way to it
     */
    public S3Relay relay() {
        return relay;
    }

    @Override
    public void close() throws IOException {
        propertiesBefore.forEach(S3Server::put);
        relay.close();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException(e);
        }
        files.close();
    }
}
