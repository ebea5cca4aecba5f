package org.pgofs.daemon;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.Selection;
import org.pgofs.daemon.status.LastResets;
import org.pgofs.fs.Caller;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FileView;
import org.pgofs.fs.FsException;
import org.pgofs.fs.OpenFile;
import org.pgofs.profraw.RawBytes;

/**
 * A raw profile that is reset to exactly what was read of it: when every byte has been delivered once, since rsync and
 * tar never ask for the end of the file. Reading less takes nothing.
 */
final class TakeFile implements FileOperations {
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
        TakenProfile.requireNone(store);
        ProfileShape shape = profiles.shape(store, selection).withSize(view.size());
        return new OpenTake(new TakenProfile(store, profiles, scope, lastResets, shape, caller));
    }

    private static final class OpenTake implements OpenFile {
        private final TakenProfile profile;
        private final Coverage delivered = new Coverage();

        OpenTake(TakenProfile profile) {
            this.profile = profile;
        }

        @Override
        public long size() {
            return profile.size();
        }

        @Override
        public synchronized int read(long offset, ByteBuffer target) throws FsException {
            RawBytes bytes = profile.bytes();
            int position = target.position();
            bytes.read(offset, target);
            int count = target.position() - position;
            delivered.add(offset, offset + count);
            if (!profile.isCommitted() && delivered.isComplete(bytes.size())) {
                profile.commit(Optional.empty());
            }
            return count;
        }

        @Override
        public synchronized void close() {
            profile.close();
        }
    }
}
