package org.pgofs.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.Selection;
import org.pgofs.counters.Take;
import org.pgofs.counters.TakeInProgressException;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.image.Image;
import org.pgofs.daemon.service.CallerWords;
import org.pgofs.daemon.status.LastResets;
import org.pgofs.fs.Caller;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FileView;
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
    private final LastResets lastResets;

    TakeFile(CounterStore store, Profiles profiles, String scope, Selection selection, LastResets lastResets) {
        this.store = store;
        this.profiles = profiles;
        this.scope = scope;
        this.lastResets = lastResets;
        this.selection = selection.where(Profiles::canWrite);
    }

    @Override
    public FileView look() throws FsException {
        return FileView.now(profiles.shape(store, selection).size());
    }

    @Override
    public OpenFile open(FileView view, Caller caller) throws FsException {
        // The first read tells for sure; here a program can say so before it has made its own file.
        if (store.isTakeInProgress()) {
            throw new FsException(Errno.EBUSY, "another take is in progress");
        }
        return new OpenTake(profiles.shape(store, selection).withSize(view.size()), caller);
    }

    private final class OpenTake implements OpenFile {
        private final ProfileShape shape;
        private final Caller caller;
        private final Coverage delivered = new Coverage();
        private Take take;
        private RawBytes bytes;
        private boolean committed;

        OpenTake(ProfileShape shape, Caller caller) {
            this.shape = shape;
            this.caller = caller;
        }

        @Override
        public long size() {
            return shape.size();
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
                        take = store.take(scope, shape.selection());
                    }
                    bytes = fit();
                } catch (TakeInProgressException e) {
                    throw new FsException(Errno.EBUSY, e.getMessage(), e);
                } catch (IOException e) {
                    throw new FsException(Profiles.errno(e), "cannot freeze counters", e);
                }
            }
            return bytes;
        }

        /** What is left out stays where it is, for the next take. */
        private RawBytes fit() {
            List<Snapshot> complete = shape.complete(take.snapshots());
            profiles.learn(shape, complete);
            List<Snapshot> fitting = shape.fit(complete);
            Map<Image, ValueCounts> values = new HashMap<>();
            fitting.forEach(snapshot -> values.put(snapshot.image(), snapshot.values()));
            take.deliver(take.snapshots().stream()
                    .map(snapshot -> values.get(snapshot.image()))
                    .toList());
            return shape.with(fitting);
        }

        private void commit() throws FsException {
            try {
                take.commit();
                committed = true;
                lastResets.take(take.snapshots().stream().map(Snapshot::image).toList(), caller);
                LOG.info(
                        "take of {} by {}: {} images, {} bytes",
                        scope.equals(PgoTree.ALL) ? "all images" : scope,
                        CallerWords.of(caller),
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
