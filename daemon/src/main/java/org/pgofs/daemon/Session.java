package org.pgofs.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.limits.Bounds;
import org.pgofs.counters.process.StockSources;
import org.pgofs.counters.segment.SegmentDirectory;
import org.pgofs.daemon.guest.HostKernel;
import org.pgofs.daemon.history.Histories;
import org.pgofs.daemon.status.LastResets;
import org.pgofs.daemon.status.StatusReport;
import org.pgofs.daemon.stock.StockElf;
import org.pgofs.fs.fuse.Mount;
import org.pgofs.fs.fuse.MountOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One mounted store, from its start to its end. */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final Path mountPoint;
    private final SegmentDirectory directory;
    private final CounterStore store;
    private final Mount mount;
    private boolean closed;

    private Session(Path mountPoint, SegmentDirectory directory, CounterStore store, Mount mount) {
        this.mountPoint = mountPoint;
        this.directory = directory;
        this.store = store;
        this.mount = mount;
    }

    /**
     * Takes a segment directory, opens its store and mounts it.
     *
     * @param bounds how much of it is taken up
     * @param withKernel whether the kernel of this machine is wanted
     * @param stock whether processes are read that have the compiler's own runtime
     * @param profiles makes the raw profiles
     * @param indexed makes the indexed profiles
     * @throws IOException if one of these fails; the message is one line that says why
     */
    static Session start(
            Path segmentDirectory,
            Bounds bounds,
            boolean withKernel,
            boolean stock,
            Path mountPoint,
            MountOptions options,
            Profiles profiles,
            IndexedProfiles indexed)
            throws IOException {
        // First what needs no cleaning up when it fails.
        Path real = Mount.check(mountPoint);
        SegmentDirectory directory = SegmentDirectory.acquire(segmentDirectory);
        try {
            CounterStore store =
                    CounterStore.open(directory, bounds, new StockSources(new StockElf(), StockElf.reader(), stock));
            try {
                HostKernel.attachIfReadable(store, withKernel);
                LastResets lastResets = new LastResets(Clock.systemUTC());
                ServedProfiles served = new ServedProfiles(profiles, indexed);
                Histories histories = new Histories(store);
                StatusReport report = new StatusReport(store, served, lastResets, histories, real, segmentDirectory);
                PgoTree tree = new PgoTree(store, profiles, indexed, report, segmentDirectory, lastResets, histories);
                Mount mount = Mount.mount(
                        real, tree.root(), options, store.shortages()::note, Optional.of(directory.holderFile()));
                return new Session(real, directory, store, mount);
            } catch (IOException | RuntimeException | Error e) {
                store.close();
                throw e;
            }
        } catch (IOException | RuntimeException | Error e) {
            directory.close();
            throw e;
        }
    }

    /** Where it is mounted, without links. */
    Path mountPoint() {
        return mountPoint;
    }

    /** Whether nobody has unmounted it, or begun to. */
    boolean isMounted() throws IOException {
        return mount.isMounted();
    }

    /**
     * Whether the mount answers, where it can be reached. The answer comes from the store, through the kernel.
     *
     * @throws IOException if there is no process to ask
     */
    boolean answers() throws IOException, InterruptedException {
        Optional<Path> place = mount.place();
        return place.isEmpty() || canRead(place.get().resolve("pgo/.daemon"), "1");
    }

    /**
     * Reads by another process: a thread of this one that waits for another could hang at exit.
     *
     * @param size how much at most, as head(1) takes it
     */
    static boolean canRead(Path file, String size) throws IOException, InterruptedException {
        return new ProcessBuilder("head", "-c", size, file.toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /** What is served, in a line. */
    String words() {
        try {
            CounterStore.Extent extent = store.extent();
            return extent.failedSave()
                    .map(failure -> "Counts cannot be saved: " + failure.reason())
                    .orElse("Serving %s: %d images, %d live segments"
                            .formatted(mountPoint, extent.images(), extent.segments()));
        } catch (IOException e) {
            return "Ending";
        }
    }

    /** Returns what is kept to answer quickly. */
    void releaseSpareMemory() {
        try {
            store.releaseSpareMemory();
        } catch (IOException e) {
            LOG.debug("it ends, and nothing is kept any more", e);
        }
    }

    void awaitUnmount() throws InterruptedException {
        mount.awaitUnmount();
    }

    /** Unmounts, saves and lets go. Bounded in time; a second call waits for the first. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        mount.close();
        try {
            store.close();
            directory.close();
        } catch (IOException e) {
            LOG.error("cannot save counts: those of ended processes are found again at the next start", e);
        }
    }
}
