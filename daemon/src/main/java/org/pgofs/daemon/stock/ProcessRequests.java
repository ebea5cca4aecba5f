package org.pgofs.daemon.stock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.pgofs.counters.CounterStore;
import org.pgofs.daemon.guest.RequestFile;

/** What {@code pgofs attach --pid} asks for: the number of a process, as text. */
public final class ProcessRequests implements RequestFile.Request {
    /** The file that takes them, in {@code pgo/}. */
    public static final String FILE = ".processes";

    private final CounterStore store;

    /**
     * Requests to a store.
     *
     * @param store to which processes are attached
     */
    public ProcessRequests(CounterStore store) {
        this.store = store;
    }

    /**
     * A request.
     *
     * @param pid of a process
     * @return what is written into the file
     */
    public static ByteBuffer attach(int pid) {
        return StandardCharsets.UTF_8.encode(Integer.toString(pid));
    }

    @Override
    public void serve(ByteBuffer data) throws IOException {
        String text = StandardCharsets.UTF_8.decode(data).toString();
        try {
            store.processes().attach(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw new IOException("'" + text + "' is not the number of a process", e);
        }
    }
}
