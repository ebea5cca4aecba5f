package org.pgofs.counters;

import java.io.IOException;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.guest.Guest;
import org.pgofs.counters.guest.Guests;
import org.pgofs.counters.guest.KernelMemory;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.segment.ImageCatalog;

/** Attaches virtual machines, durably or not at all, and detaches them. Guarded by the store's lock. */
final class Attachments {
    private final ImageCatalog images;
    private final Guests guests;
    private final Ledger ledger;

    Attachments(ImageCatalog images, Guests guests, Ledger ledger) {
        this.images = images;
        this.guests = guests;
        this.ledger = ledger;
    }

    /**
     * Checks all that can be checked without the memory of the machine.
     *
     * @return the image that its kernel would be
     * @throws IOException if it cannot be attached; the message is one line that says why
     */
    StoredImage check(String name, GuestImage kernel) throws IOException {
        guests.checkName(name);
        return readImage(kernel);
    }

    /**
     * Attaches a machine.
     *
     * @param memory closed with the machine
     * @throws IOException if it cannot be; the message is one line that says why
     */
    void attach(String name, KernelMemory memory, GuestImage kernel) throws IOException {
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
     * Detaches a machine.
     *
     * @throws IOException if no machine has this name, or the change cannot be saved now
     */
    void detach(String name) throws IOException {
        guests.detach(name);
        ledger.save();
    }
}
