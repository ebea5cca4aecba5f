package org.pgofs.daemon;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.Take;
import org.pgofs.counters.TakeInProgressException;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.image.Image;
import org.pgofs.daemon.service.CallerWords;
import org.pgofs.daemon.status.LastResets;
import org.pgofs.fs.Caller;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FsException;
import org.pgofs.profraw.RawBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The raw profile of one take: frozen when it is first asked for, and a reset to exactly that when it is committed. */
final class TakenProfile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TakenProfile.class);

    private final CounterStore store;
    private final Profiles profiles;
    private final String scope;
    private final LastResets lastResets;
    private final ProfileShape shape;
    private final Caller caller;
    private Take take;
    private RawBytes bytes;
    private boolean committed;

    TakenProfile(
            CounterStore store,
            Profiles profiles,
            String scope,
            LastResets lastResets,
            ProfileShape shape,
            Caller caller) {
        this.store = store;
        this.profiles = profiles;
        this.scope = scope;
        this.lastResets = lastResets;
        this.shape = shape;
        this.caller = caller;
    }

    /** The first read tells for sure; here a program can say so before it has made its own file. */
    static void requireNone(CounterStore store) throws FsException {
        if (store.isTakeInProgress()) {
            throw new FsException(Errno.EBUSY, "another take is in progress");
        }
    }

    long size() {
        return shape.size();
    }

    /** The take, begun if it was not. */
    Take take() throws FsException {
        bytes();
        return take;
    }

    RawBytes bytes() throws FsException {
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

    boolean isCommitted() {
        return committed;
    }

    void commit(Optional<String> keeper) throws FsException {
        try {
            if (keeper.isPresent()) {
                take.commit(keeper.get());
            } else {
                take.commit();
            }
            committed = true;
            lastResets.take(take.snapshots().stream().map(Snapshot::image).toList(), caller);
            LOG.info(
                    "take {} of {} by {}: {} images, {} bytes",
                    take.number(),
                    scope.equals(PgoTree.ALL) ? "all images" : scope,
                    CallerWords.of(caller),
                    take.snapshots().size(),
                    bytes.size());
        } catch (IOException e) {
            throw new FsException(Profiles.errno(e), "nothing was taken", e);
        }
    }

    @Override
    public void close() {
        if (take != null) {
            take.close();
        }
    }
}
