package org.pgofs.fleet.ship;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.pgofs.fleet.store.ObjectStore;

/**
 * A shipper on a real mount, spool and store, which is stopped at a step: it "dies" there and nothing that it still does
 * reaches a file, the daemon or the store; or this one step fails. The daemon and the store have two steps each: before they
 * do something, and before their answer arrives. Of a file that is written only half is there then.
 */
public final class FaultyShipper implements AutoCloseable {
    private final boolean deadly;
    private final Runnable atFault;
    private final Spool spool;
    private final Shipper shipper;
    private final ObjectStore store;
    private int stepsLeft = Integer.MAX_VALUE;
    private boolean hit;
    private boolean dead;

    /** Instead of a SIGKILL. */
    public static final class Died extends Error {
        private static final long serialVersionUID = 1;
    }

    private interface Step {
        void take() throws IOException;
    }

    /**
     * A shipper.
     *
     * @param mount whose profiles are sent
     * @param spool where they wait
     * @param store where they go; closing the shipper closes it
     * @param labels what is said of them
     * @param deadly whether it is to die, or the step to fail
     * @param steps that succeed
     * @param atFault what else happens then
     * @throws IOException if the spool cannot be opened
     */
    public FaultyShipper(
            Path mount,
            Path spool,
            ObjectStore store,
            Map<String, String> labels,
            boolean deadly,
            int steps,
            Runnable atFault)
            throws IOException {
        this.deadly = deadly;
        this.atFault = atFault;
        stepsLeft = steps;
        this.spool = Spool.open(spool, new Disk());
        this.store = store;
        shipper = new Shipper(
                new Mounted(new CountedMount(mount)),
                this.spool,
                new Stored(store),
                new Host("host", "0".repeat(32)),
                labels,
                1L << 30,
                new Tally(Clock.systemUTC()));
    }

    /**
     * Whether the step was reached.
     *
     * @return whether it was
     */
    public boolean isHit() {
        return hit;
    }

    /**
     * Takes and sends.
     *
     * @throws IOException if a step fails
     */
    public void round() throws IOException {
        shipper.take();
        shipper.send();
    }

    private void step(Step whole, Step half) throws IOException {
        if (dead) {
            throw new Died();
        }
        if (stepsLeft-- > 0) {
            whole.take();
            return;
        }
        hit = true;
        half.take();
        atFault.run();
        stepsLeft = Integer.MAX_VALUE;
        if (deadly) {
            dead = true;
            throw new Died();
        }
        throw new IOException("injected");
    }

    private void step() throws IOException {
        step(() -> {}, () -> {});
    }

    private final class Disk extends SpoolDisk {
        @Override
        void write(Path file, ByteBuffer content) throws IOException {
            step(
                    () -> super.write(file, content),
                    () -> super.write(file, content.duplicate().limit(content.limit() / 2)));
        }

        @Override
        void rename(Path from, Path to) throws IOException {
            step(() -> super.rename(from, to), () -> {});
        }

        @Override
        void delete(Path file) throws IOException {
            step(() -> super.delete(file), () -> {});
        }
    }

    private final class Mounted implements Counted {
        private final Counted mount;

        Mounted(Counted mount) {
            this.mount = mount;
        }

        @Override
        public Said ask() throws IOException {
            return mount.ask();
        }

        @Override
        public Held hold(String image) throws IOException {
            Held held = mount.hold(image);
            return new Held() {
                @Override
                public Map<?, ?> header() {
                    return held.header();
                }

                @Override
                public byte[] profile() {
                    return held.profile();
                }

                @Override
                public void commit(String keeper) throws IOException {
                    step();
                    held.commit(keeper);
                    step();
                }

                @Override
                public void close() throws IOException {
                    held.close();
                }
            };
        }
    }

    private final class Stored implements ObjectStore {
        private final ObjectStore store;

        Stored(ObjectStore store) {
            this.store = store;
        }

        @Override
        public boolean writeIfAbsent(String name, byte[] content) throws IOException {
            step();
            boolean written = store.writeIfAbsent(name, content);
            step();
            return written;
        }

        @Override
        public List<String> list(String directory) throws IOException {
            return store.list(directory);
        }

        @Override
        public byte[] read(String name, int most) throws IOException {
            return store.read(name, most);
        }

        @Override
        public void replace(String name, byte[] content) {
            throw new AssertionError("an object is never replaced");
        }

        @Override
        public void close() throws IOException {
            store.close();
        }
    }

    /** As the kernel does when a process has ended. */
    @Override
    public void close() throws IOException {
        spool.close();
        store.close();
    }
}
