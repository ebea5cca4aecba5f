package org.pgofs.counters;

import java.io.IOException;
import java.nio.file.Path;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.guest.Guest;
import org.pgofs.counters.guest.GuestMemory;
import org.pgofs.counters.guest.Guests;
import org.pgofs.counters.guest.KernelMemory;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.segment.ImageCatalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The virtual machines that are attached to a store. Thread-safe. */
public final class Machines {
    private static final Logger LOG = LoggerFactory.getLogger(Machines.class);

    private final StoreLock lock;
    private final ImageCatalog images;
    private final Guests guests;
    private final Ledger ledger;
    private final SegmentWatcher watcher;

    Machines(StoreLock lock, ImageCatalog images, Guests guests, Ledger ledger, SegmentWatcher watcher) {
        this.lock = lock;
        this.images = images;
        this.guests = guests;
        this.ledger = ledger;
        this.watcher = watcher;
    }

    /**
     * Adds a virtual machine: its kernel becomes an image, or a member of an existing one. The machine stays attached,
     * also over restarts of this process, until no process uses its memory any more or until it is detached.
     *
     * @param name of the machine, a word that no other machine has
     * @param memory the file that the machine has mapped as its memory; never written to
     * @param kernel that the machine runs
     * @throws IOException if it cannot be attached; the message is one line that says why. Nothing has changed then.
     */
    public void attach(String name, Path memory, GuestImage kernel) throws IOException {
        StoredImage image = lock.ask(() -> {
            guests.checkName(name);
            return readImage(kernel);
        });
        GuestMemory opened = GuestMemory.open(memory, image, kernel.layout());
        try {
            // Without the lock: the whole memory may be read.
            opened.requireKernel(kernel);
            lock.run(() -> add(name, opened, kernel));
        } catch (IOException | RuntimeException | Error e) {
            opened.close();
            throw e;
        }
        LOG.info("attached {} with {}", name, memory);
    }

    private void add(String name, KernelMemory memory, GuestImage kernel) throws IOException {
        watcher.wake(); // to take samples once a second from now on; it waits for the lock
        guests.check(name, memory);
        // Read again: another image may have been given this name meanwhile.
        StoredImage image = readImage(kernel);
        boolean known = images.image(image.digest()) != null;
        ImageCounters counters = images.add(image);
        guests.add(new Guest(name, counters, kernel.layout(), memory, 0));
        try {
            ledger.save();
        } catch (IOException | RuntimeException | Error e) {
            guests.remove(name);
            if (!known) {
                images.forgetIfEmpty(counters);
            }
            throw e;
        }
    }

    private StoredImage readImage(GuestImage kernel) throws IOException {
        try {
            return images.read(kernel.toImageFile(), kernel.path());
        } catch (InvalidFileException e) {
            throw new IOException(kernel.path() + " " + e.getMessage(), e);
        }
    }

    /**
     * Detaches a virtual machine. Its counts until now stay in its image.
     *
     * @param name as given to {@link #attach}
     * @throws IOException if no machine has this name; or if the change cannot be saved now. In this case the machine
     *     is detached and the change is saved later; if this process dies before that, the next one attaches the
     *     machine again
     */
    public void detach(String name) throws IOException {
        lock.run(() -> {
            guests.detach(name);
            ledger.save();
        });
        LOG.info("detached {}", name);
    }
}
