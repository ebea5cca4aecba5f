package org.pgofs.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.Freeze;
import org.pgofs.counters.Selection;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.fs.Caller;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FileView;
import org.pgofs.fs.FsException;
import org.pgofs.fs.OpenFile;
import org.pgofs.profraw.RawBytes;

/**
 * The raw profile of some images, as a file. Its size is settled when it is looked up, whose profiles it has when it is
 * opened; its first read freezes the counters, for that one open file. What does not depend on counters is delivered meanwhile.
 */
final class ProfrawFile implements FileOperations {
    private final CounterStore store;
    private final Profiles profiles;
    private final Selection selection;

    ProfrawFile(CounterStore store, Profiles profiles, Selection selection) {
        this.store = store;
        this.profiles = profiles;
        this.selection = selection.where(Profiles::canWrite);
    }

    @Override
    public FileView look() throws FsException {
        return FileView.now(profiles.shape(store, selection).size());
    }

    @Override
    public OpenFile open(FileView view, Caller caller) throws FsException {
        return new OpenProfraw(profiles.shape(store, selection).withSize(view.size()));
    }

    private final class OpenProfraw implements OpenFile {
        private final ProfileShape shape;
        private Freeze freeze;
        private RawBytes bytes;
        private long valueData; // in bytes

        OpenProfraw(ProfileShape shape) {
            this.shape = shape;
        }

        @Override
        public long size() {
            return shape.size();
        }

        @Override
        public int read(long offset, ByteBuffer target) throws FsException {
            start();
            if (offset + target.remaining() > shape.sequence().countersBegin()) {
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
                List<Snapshot> complete = shape.complete(freeze.snapshots());
                profiles.learn(shape, complete);
                List<Snapshot> fitting = shape.fit(complete);
                valueData = shape.sequence().memoryWith(fitting);
                bytes = shape.with(fitting);
            }
        }

        private void begin() throws FsException {
            try {
                freeze = store.startFreeze(shape.selection());
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
        public synchronized long held() {
            return freeze == null
                    ? 0
                    : freeze.snapshots().stream().mapToLong(Snapshot::memory).sum() + valueData;
        }

        @Override
        public synchronized void close() {
            if (freeze != null) {
                freeze.close();
            }
        }
    }
}
