package org.pgofs.daemon;

import java.nio.ByteBuffer;
import org.pgofs.counters.CounterStore;
import org.pgofs.fs.Caller;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FileView;
import org.pgofs.fs.FsException;
import org.pgofs.fs.OpenFile;
import org.pgofs.profraw.RawBytes;

/** What the last take returned, for whoever lost it; empty if there was none. */
final class LastTakeFile implements FileOperations {
    private final CounterStore store;
    private final Profiles profiles;
    private final String scope;

    LastTakeFile(CounterStore store, Profiles profiles, String scope) {
        this.store = store;
        this.profiles = profiles;
        this.scope = scope;
    }

    private RawBytes bytes() {
        return profiles.of(store.lastTake(scope));
    }

    @Override
    public FileView look() {
        return FileView.now(bytes().size());
    }

    @Override
    public OpenFile open(FileView view, Caller caller) throws FsException {
        RawBytes bytes = bytes();
        if (bytes.size() != view.size()) {
            throw new FsException(Errno.ESTALE, "there was another take since the look-up");
        }
        return new OpenFile() {
            @Override
            public long size() {
                return bytes.size();
            }

            @Override
            public long held() {
                return bytes.size();
            }

            @Override
            public int read(long offset, ByteBuffer target) {
                int position = target.position();
                bytes.read(offset, target);
                return target.position() - position;
            }
        };
    }
}
