package org.pgofs.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.CounterStore.Selection;
import org.pgofs.counters.Freeze;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FsException;
import org.pgofs.fs.OpenFile;
import org.pgofs.profraw.RawBytes;

/**
 * The raw profile of some images, as a file. Nothing is made when it is opened; what comes first, a read or the question
 * for the size, freezes the counters for that one open file. What does not depend on counters is delivered meanwhile.
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
        private Freeze freeze;
        private RawBytes bytes;
        private Instant frozen;
        /** What lies before it is delivered while counters are still read. */
        private long countsBegin;

        @Override
        public synchronized long size() throws FsException {
            start();
            return bytes.size();
        }

        @Override
        public synchronized Instant modified() {
            return frozen == null ? Instant.now() : frozen;
        }

        @Override
        public int read(long offset, ByteBuffer target) throws FsException {
            start();
            if (offset + target.remaining() > countsBegin) {
                await();
            }
            int position = target.position();
            bytes.read(offset, target);
            return target.position() - position;
        }

        private synchronized void start() throws FsException {
            if (bytes == null) {
                if (freeze == null) {
                    begin();
                }
                countsBegin = profiles.countsBegin(freeze.snapshots());
                bytes = profiles.of(freeze.snapshots());
            }
        }

        private void begin() throws FsException {
            try {
                frozen = Instant.now();
                freeze = store.startFreeze(selection);
            } catch (IOException e) {
                throw new FsException(Errno.EIO, "cannot freeze counters", e);
            }
        }

        private void await() throws FsException {
            try {
                freeze.await();
            } catch (IOException e) {
                throw new FsException(Errno.EIO, "cannot freeze counters", e);
            }
        }

        @Override
        public synchronized void close() {
            if (freeze != null) {
                freeze.close();
            }
        }
    }
}
