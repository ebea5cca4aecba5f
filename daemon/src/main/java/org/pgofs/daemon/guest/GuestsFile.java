package org.pgofs.daemon.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.linux.ForeignPath;
import org.pgofs.fs.Caller;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FileView;
import org.pgofs.fs.OpenFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file by which {@code pgofs attach} and {@code detach} speak to the daemon: one write of a {@link GuestRequest} does
 * what it says, and the same open file then reads the answer, {@link #DONE} or a line that says what is wrong. The daemon
 * opens the files that are named, so it must be root's alone.
 */
public final class GuestsFile implements FileOperations {
    static final String DONE = "done";

    private static final Logger LOG = LoggerFactory.getLogger(GuestsFile.class);

    private final CounterStore store;

    /**
     * The operations of the file.
     *
     * @param store to which machines are attached
     */
    public GuestsFile(CounterStore store) {
        this.store = store;
    }

    @Override
    public FileView look() {
        return FileView.now(0);
    }

    @Override
    public OpenFile open(FileView view, Caller caller) {
        return new Conversation();
    }

    private final class Conversation implements OpenFile {
        private ByteBuffer answer = ByteBuffer.allocate(0);

        @Override
        public synchronized void write(long offset, ByteBuffer data) {
            answer = StandardCharsets.UTF_8.encode(answer(data));
        }

        @Override
        public synchronized int read(long offset, ByteBuffer target) {
            // A client reads from where it has written to.
            int count = Math.min(target.remaining(), answer.remaining());
            target.put(answer.slice(answer.position(), count));
            answer.position(answer.position() + count);
            return count;
        }
    }

    private String answer(ByteBuffer data) {
        try {
            GuestRequest request = GuestRequest.decode(data);
            switch (request.verb()) {
                case ATTACH ->
                    store.attach(request.name(), real(request.memory()), Vmlinux.read(real(request.kernel())));
                case DETACH -> store.detach(request.name());
                case ATTACH_RUNNING -> HostKernel.attach(store, file(request.kernel()));
                case DETACH_RUNNING -> store.detachKernel();
                case ADD_DEAD -> HostKernel.addDead(store, real(request.memory()), file(request.kernel()));
            }
            return DONE;
        } catch (IOException | RuntimeException e) {
            LOG.info("refused: {}", e.toString());
            return e instanceof IOException ? String.valueOf(e.getMessage()) : e.toString();
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
