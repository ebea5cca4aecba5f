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
import org.pgofs.profdata.IndexedFile;

/**
 * The indexed profile of some images, as a file. Size and images are settled as those of {@link ProfrawFile}. Its summary,
 * which depends on all counts, comes first: so the first read looks at all of them. The rest is made as it is read.
 */
final class ProfdataFile implements FileOperations {
    private final CounterStore store;
    private final IndexedProfiles profiles;
    private final Selection selection;
    private volatile IndexedProfiles.Told told = IndexedProfiles.Told.NOTHING;

    ProfdataFile(CounterStore store, IndexedProfiles profiles, Selection selection) {
        this.store = store;
        this.profiles = profiles;
        this.selection = selection.where(Profiles::canWrite);
    }

    @Override
    public FileView look() throws FsException {
        ProfileShape shape = profiles.shape(store, selection);
        return FileView.now(base(shape) + shape.valueBytes());
    }

    private long base(ProfileShape shape) throws FsException {
        if (shape.images().isEmpty()) {
            return 0;
        }
        IndexedProfiles.Told current = profiles.told(shape.images(), told);
        told = current;
        return current.bytes();
    }

    @Override
    public OpenFile open(FileView view, Caller caller) throws FsException {
        ProfileShape shape = profiles.shape(store, selection);
        long room = view.size() - base(shape);
        if (room < 0 || (shape.images().isEmpty() && room > 0)) {
            throw new FsException(Errno.ESTALE, "there are other images than a moment before");
        }
        return new OpenProfdata(shape.withValueBytes(room), view.size());
    }

    private final class OpenProfdata implements OpenFile {
        private final ProfileShape shape;
        private final long size;
        private Freeze freeze;
        private IndexedFile bytes;

        OpenProfdata(ProfileShape shape, long size) {
            this.shape = shape;
            this.size = size;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public int read(long offset, ByteBuffer target) throws FsException {
            if (size == 0) {
                return 0;
            }
            int position = target.position();
            bytes().read(offset, target);
            return target.position() - position;
        }

        private synchronized IndexedFile bytes() throws FsException {
            if (bytes == null) {
                try {
                    if (freeze == null) {
                        freeze = store.startFreeze(shape.selection());
                    }
                    freeze.await();
                    List<Snapshot> complete = shape.complete(freeze.snapshots());
                    profiles.learn(shape, complete);
                    bytes = profiles.file(shape.fit(complete), size, told);
                } catch (IOException e) {
                    throw new FsException(Errno.EIO, "cannot make an indexed profile", e);
                }
            }
            return bytes;
        }

        @Override
        public synchronized long held() {
            long counts = freeze == null
                    ? 0
                    : freeze.snapshots().stream().mapToLong(Snapshot::memory).sum();
            return bytes == null ? counts : counts + bytes.memory();
        }

        @Override
        public synchronized void close() {
            if (bytes != null) {
                bytes.close();
            }
            if (freeze != null) {
                freeze.close();
            }
        }
    }
}
