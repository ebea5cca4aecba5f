package org.pgofs.fleet.ship;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pgofs.fleet.store.DirectoryStore;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.Stores;

/**
 * A store in a directory that must be there: of a file system that is not mounted only the mount point is, and what is
 * written there nobody sees.
 */
final class PresentDirectory implements ObjectStore {
    private final Path directory;
    private final ObjectStore store;

    private PresentDirectory(ObjectStore store) {
        this.store = store;
        directory = Path.of(store.toString());
    }

    /**
     * The store that a URI names. Only a directory can seem to be there: another store says itself that it is not.
     *
     * @throws IOException if it names none; the message says what to give
     */
    static ObjectStore open(String uri) throws IOException {
        ObjectStore store = Stores.open(uri);
        return store instanceof DirectoryStore ? new PresentDirectory(store) : store;
    }

    private ObjectStore present() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException("the store " + directory + " is not there: mount it, or make it");
        }
        return store;
    }

    @Override
    public List<String> list(String name) throws IOException {
        return present().list(name);
    }

    @Override
    public byte[] read(String name, int most) throws IOException {
        return present().read(name, most);
    }

    @Override
    public boolean writeIfAbsent(String name, byte[] content) throws IOException {
        return present().writeIfAbsent(name, content);
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
        present().replace(name, content);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
