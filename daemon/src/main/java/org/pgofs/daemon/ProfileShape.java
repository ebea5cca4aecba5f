package org.pgofs.daemon;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pgofs.counters.Selection;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.image.Image;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FsException;
import org.pgofs.profraw.RawBytes;
import org.pgofs.profraw.RawProfileSequence;

/**
 * All of a file of raw profiles that is told before its counts are read: whose profiles it has, where they are, and its
 * size. Some programs read exactly the size that they were told, so the file has it, to the byte, whatever the counts are:
 * behind the last value there are zeros, which readers of profiles pass over; and of more values than there is room for,
 * the least frequent are left for the next file. An image that is gone when the counts are read is there without counts.
 * Immutable.
 *
 * @param images whose profiles they are
 * @param sequence their profiles
 * @param size in bytes
 */
record ProfileShape(List<Image> images, RawProfileSequence sequence, long size) {
    /**
     * The same file with the size that was told a moment before.
     *
     * @throws FsException if images came meanwhile that do not fit, or if none is left
     */
    ProfileShape withSize(long stated) throws FsException {
        if (sequence.size() > stated || (images.isEmpty() && stated > 0)) {
            throw new FsException(Errno.ESTALE, "the images have changed since the look-up");
        }
        return new ProfileShape(images, sequence, stated);
    }

    /** How much room there is for values, in bytes. */
    long valueBytes() {
        return size - sequence.size();
    }

    /** The same with other room for values. */
    ProfileShape withValueBytes(long bytes) {
        return new ProfileShape(images, sequence, sequence.size() + bytes);
    }

    /** Those of the images that are still there. */
    Selection selection() {
        return Selection.remaining(images);
    }

    /** The snapshots of all images, of which some may be gone. */
    List<Snapshot> complete(List<Snapshot> snapshots) {
        Map<Image, Snapshot> byImage = new HashMap<>();
        snapshots.forEach(snapshot -> byImage.put(snapshot.image(), snapshot));
        return images.stream()
                .map(image -> byImage.containsKey(image) ? byImage.get(image) : Snapshot.none(image))
                .toList();
    }

    /** Of the snapshots of all images, what has a place in the file. */
    List<Snapshot> fit(List<Snapshot> complete) {
        return sequence.fitting(complete, size);
    }

    /** The file. */
    RawBytes with(List<Snapshot> fitting) {
        return sequence.with(fitting, size);
    }
}
