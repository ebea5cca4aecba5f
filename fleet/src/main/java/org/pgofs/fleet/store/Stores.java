package org.pgofs.fleet.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** Opens stores by their names. */
public final class Stores {
    /** What a store may be, for messages and helps. */
    public static final String KINDS = "a directory, file:///DIRECTORY or s3://BUCKET/PREFIX";

    private static final String FILE = "file:";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Stores() {}

    /**
     * Opens a store.
     *
     * @param name an absolute path, a URI of one with {@code file:}, or {@code s3://BUCKET/PREFIX}
     * @return the store, to be closed
     * @throws IOException if it is something else; the message says what it may be
     */
    public static ObjectStore open(String name) throws IOException {
        if (name.startsWith(S3Location.SCHEME)) {
            return openS3(name);
        }
        try {
            Path path = name.startsWith(FILE) ? Path.of(URI.create(name)) : Path.of(name);
            if (path.isAbsolute()) {
                return new DirectoryStore(path);
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(name + " is no store: give " + KINDS, e);
        }
        throw new IOException(name + " is no store: give " + KINDS);
    }

    private static ObjectStore openS3(String name) throws IOException {
        try {
            return new S3Store(S3Location.parse(name), PATIENCE);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
