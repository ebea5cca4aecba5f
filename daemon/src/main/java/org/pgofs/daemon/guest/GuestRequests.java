package org.pgofs.daemon.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.linux.ForeignPath;

/** What {@code pgofs attach} and {@code detach} ask for of machines. The daemon opens the files that are named. */
public final class GuestRequests implements RequestFile.Request {
    private final CounterStore store;

    /**
     * Requests to a store.
     *
     * @param store to which machines are attached
     */
    public GuestRequests(CounterStore store) {
        this.store = store;
    }

    @Override
    public void serve(ByteBuffer data) throws IOException {
        GuestRequest request = GuestRequest.decode(data);
        switch (request.verb()) {
            case ATTACH ->
                store.machines().attach(request.name(), real(request.memory()), Vmlinux.read(real(request.kernel())));
            case DETACH -> store.machines().detach(request.name());
            case ATTACH_RUNNING -> HostKernel.attach(store, file(request.kernel()));
            case DETACH_RUNNING -> store.kernel().detach();
            case ADD_DEAD -> HostKernel.addDead(store, real(request.memory()), file(request.kernel()));
        }
    }

    private static Optional<Path> file(String path) throws IOException {
        return path.isEmpty() ? Optional.empty() : Optional.of(real(path));
    }

    private static Path real(String path) throws IOException {
        try {
            return ForeignPath.real(Path.of(path));
        } catch (NoSuchFileException e) {
            throw new IOException(path + " does not exist, or not for the daemon", e);
        } catch (IOException e) {
            throw new IOException(path + " " + e.getMessage(), e);
        }
    }
}
