package org.pgofs.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.CounterStore.Selection;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FsException;
import org.pgofs.fs.OpenFile;
import org.pgofs.profraw.RawBytes;

/**
 * The raw profile of some images, as a file. Nothing is made when it is opened; what comes first, a read or the question
 * for the size, freezes the counters for that one open file.
 */
final class ProfrawFile implements FileOperations {
    private final CounterStore store;
    private final Profiles profiles;
    private final Selection selection;

    ProfrawFile(CounterStore store, Profiles profiles, Selection selection) {
        this.store = store;
        this.profiles = profiles;
        this.selection = Profiles.writable(selection);
    }

    @Override
    public OpenFile open() {
        return new OpenProfraw();
    }

    @Override
    public long size() throws FsException {
        return profiles.size(store, selection);
    }

    private final class OpenProfraw implements OpenFile {
        private RawBytes bytes;
        private Instant frozen;

        @Override
        public long size() throws FsException {
            return bytes().size();
        }

        @Override
        public synchronized Instant modified() {
            return frozen == null ? Instant.now() : frozen;
        }

        @Override
        public int read(long offset, ByteBuffer target) throws FsException {
            int position = target.position();
            bytes().read(offset, target);
            return target.position() - position;
        }

        private synchronized RawBytes bytes() throws FsException {
            if (bytes == null) {
                try {
                    frozen = Instant.now();
                    bytes = profiles.of(store.freeze(selection));
                } catch (IOException e) {
                    throw new FsException(Errno.EIO, "cannot freeze counters", e);
                }
            }
            return bytes;
        }
    }
}
