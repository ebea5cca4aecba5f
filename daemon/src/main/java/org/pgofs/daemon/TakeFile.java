package org.pgofs.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.CounterStore.Selection;
import org.pgofs.counters.Take;
import org.pgofs.counters.TakeInProgressException;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FsException;
import org.pgofs.fs.OpenFile;
import org.pgofs.profraw.RawBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A raw profile that is reset to exactly what was read of it: when every byte has been delivered once, since rsync and
 * tar never ask for the end of the file. Reading less takes nothing.
 */
final class TakeFile implements FileOperations {
    private static final Logger LOG = LoggerFactory.getLogger(TakeFile.class);

    private final CounterStore store;
    private final Profiles profiles;
    private final String scope;
    private final Selection selection;

    TakeFile(CounterStore store, Profiles profiles, String scope, Selection selection) {
        this.store = store;
        this.profiles = profiles;
        this.scope = scope;
        this.selection = Profiles.writable(selection);
    }

    @Override
    public OpenFile open() throws FsException {
        // The first read tells for sure; here a program can say so before it has made its own file.
        if (store.isTakeInProgress()) {
            throw new FsException(Errno.EBUSY, "another take is in progress");
        }
        return new OpenTake();
    }

    @Override
    public long size() throws FsException {
        return profiles.size(store, selection);
    }

    private final class OpenTake implements OpenFile {
        private final Coverage delivered = new Coverage();
        private Take take;
        private RawBytes bytes;
        private Instant frozen = Instant.now();
        private boolean committed;

        @Override
        public synchronized long size() throws FsException {
            return bytes().size();
        }

        @Override
        public synchronized Instant modified() {
            return frozen;
        }

        @Override
        public synchronized int read(long offset, ByteBuffer target) throws FsException {
            int position = target.position();
            bytes().read(offset, target);
            int count = target.position() - position;
            delivered.add(offset, offset + count);
            if (!committed && delivered.isComplete(bytes.size())) {
                commit();
            }
            return count;
        }

        private RawBytes bytes() throws FsException {
            if (bytes == null) {
                try {
                    if (take == null) {
                        frozen = Instant.now();
                        take = store.take(scope, selection);
                    }
                    bytes = profiles.of(take.snapshots());
                } catch (TakeInProgressException e) {
                    throw new FsException(Errno.EBUSY, e.getMessage(), e);
                } catch (IOException e) {
                    throw new FsException(Profiles.errno(e), "cannot freeze counters", e);
                }
            }
            return bytes;
        }

        private void commit() throws FsException {
            try {
                take.commit();
                committed = true;
                LOG.info(
                        "took the counts of {} images, {} bytes",
                        take.snapshots().size(),
                        bytes.size());
            } catch (IOException e) {
                throw new FsException(Profiles.errno(e), "nothing was taken", e);
            }
        }

        @Override
        public synchronized void close() {
            if (take != null) {
                take.close();
            }
        }
    }
}
