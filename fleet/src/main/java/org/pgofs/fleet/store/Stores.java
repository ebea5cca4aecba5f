package org.pgofs.fleet.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** Opens stores by their names. */
public final class Stores {
    private static final String FILE = "file:";

    private Stores() {}

    /**
     * Opens a store.
     *
     * @param name an absolute path, or a URI of one with {@code file:}
     * @return the store, to be closed
     * @throws IOException if it is something else; the message says what it may be
     */
    public static ObjectStore open(String name) throws IOException {
        try {
            Path path = name.startsWith(FILE) ? Path.of(URI.create(name)) : Path.of(name);
            if (path.isAbsolute()) {
                return new DirectoryStore(path);
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(name + " is no store: give a directory, or file:///DIRECTORY", e);
        }
        throw new IOException(name + " is no store: give a directory, or file:///DIRECTORY");
    }
}
