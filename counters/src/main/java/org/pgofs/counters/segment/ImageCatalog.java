package org.pgofs.counters.segment;

import static org.pgofs.counters.format.InvalidFileException.require;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.ImageReference;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.RelocatedLayout;
import org.pgofs.counters.format.Saturated;
import org.pgofs.counters.format.ValueSiteLayout;
import org.pgofs.counters.image.ImageFile;
import org.pgofs.counters.image.Names;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.limits.ReadingTime;
import org.pgofs.counters.limits.Usage;
import org.pgofs.counters.linux.FileChanges;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.OverBoundException;
import org.pgofs.counters.state.SavedState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images, and the names of the image files to which segments refer. Guarded by the store's lock.
 *
 * <p>As long as there are few image files that no live segment needs, they are kept for the next processes; then they
 * are deleted, because the store has copies. A process may have found such a file just before it was deleted. That
 * process published its segment even earlier (publish.c), so the event of this segment is already queued when the file
 * is deleted. Therefore the name of a deleted file is forgotten only after all events were applied, and only if no
 * segment needs it then.
 */
public final class ImageCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(ImageCatalog.class);

    /** How many bytes, and how many, image files without a process may be kept in the directory. */
    private static final long IDLE_BYTES = 256L << 20;

    public static final int IDLE_FILES = 256;

    private final Path directory;
    private final FileChanges changes;
    private final Usage usage;
    /** Images that other parts of the store need. */
    private final Predicate<ImageCounters> isHeld;

    private final Map<String, ImageCounters> images = new TreeMap<>();
    private final Map<String, ImageCounters> byName = new HashMap<>();
    private final Map<ImageCounters, Charge> charges = new HashMap<>();
    private final Map<ImageReference, ImageCounters> byReference = new HashMap<>();
    private final Map<ImageReference, Integer> uses = new HashMap<>();
    private final Set<ImageReference> idle = new LinkedHashSet<>();
    private final List<ImageReference> deleted = new ArrayList<>();
    private final Set<ImageCounters> changed = new LinkedHashSet<>();
    private SavedState saved;
    private long idleBytes;

    private record Charge(int user, long memory) {}

    /** The predicate tells which images must not be forgotten. */
    public ImageCatalog(SegmentDirectory segments, Usage usage, Predicate<ImageCounters> isHeld) {
        directory = segments.path();
        changes = segments.changes();
        this.usage = usage;
        this.isHeld = isHeld;
    }

    /** Adds what an earlier daemon knew. */
    public void restore(SavedState earlier) {
        saved = earlier;
        earlier.images().forEach(this::restore);
        changed.addAll(earlier.incomplete());
    }

    private void restore(ImageCounters image) {
        add(
                image,
                image.references().stream()
                        .mapToInt(ImageReference::owner)
                        .findFirst()
                        .orElse(0));
        for (ImageReference reference : image.references()) {
            byReference.put(reference, image);
            becomeIdle(reference);
        }
    }

    private void add(ImageCounters image, int user) {
        images.put(image.image().digest(), image);
        byName.put(image.image().name(), image);
        charges.put(image, new Charge(user, image.memory()));
        usage.addImage(user, image.memory());
    }

    /** The images, in an order that does not change. */
    public Collection<ImageCounters> images() {
        return Collections.unmodifiableCollection(images.values());
    }

    public ImageCounters image(String digest) {
        return images.get(digest);
    }

    /** The image that is served under a name. */
    public ImageCounters named(String name) {
        return byName.get(name);
    }

    /** The images whose carry was not saved yet. */
    public Set<ImageCounters> changed() {
        return changed;
    }

    /**
     * The image of a segment. If it is not known, its image file is read.
     *
     * @throws IOException if the image file does not exist
     * @throws OverBoundException if there are too many images
     * @throws InvalidFileException if the image file does not fit the segment
     */
    ImageCounters find(SegmentFile segment) throws IOException, InvalidFileException {
        ImageCounters image = byReference.get(segment.image());
        if (image != null) {
            requireFit(segment, image.image());
            return image;
        }
        long begun = usage.readingTime().begin(segment.owner());
        try {
            return read(segment);
        } finally {
            usage.readingTime().end(segment.owner(), begun);
        }
    }

    private static void requireFit(SegmentFile segment, StoredImage image) throws InvalidFileException {
        long size = segment.header().counters().size();
        require(image.sectionSize() == size, "has %d bytes of counters, its image %d", size, image.sectionSize());
        long bitmaps = segment.header().bitmaps().size();
        require(
                image.bitmapsSectionSize() == bitmaps,
                "has %d bytes of bitmaps, its image %d",
                bitmaps,
                image.bitmapsSectionSize());
        long sites = segment.header().valueSites().size() / ValueSiteLayout.SIZE;
        require(
                sites == 0 || sites == image.values().sites(),
                "has %d value sites, its image %d",
                sites,
                image.values().sites());
        long relocated = segment.header().relocated().size() / RelocatedLayout.SIZE;
        require(
                relocated <= image.addresses(),
                "has %d addresses of other images, its image %d addresses",
                relocated,
                image.addresses());
    }

    private ImageCounters read(SegmentFile segment) throws IOException, InvalidFileException {
        ImageReference reference = segment.image();
        String name = reference.key().fileName();
        ImageCounters image;
        try {
            byte[] bytes = ImageFile.read(
                    directory.resolve(name), reference.owner(), size -> requireRoom(reference.owner(), size));
            String digest = StoredImage.digest(bytes);
            image = images.containsKey(digest) ? images.get(digest) : create(bytes, digest, segment);
        } catch (InvalidFileException e) {
            throw new InvalidFileException("needs " + name + ", which " + e.getMessage());
        }
        requireFit(segment, image.image());
        image.references().add(reference);
        byReference.put(reference, image);
        changed.add(image);
        return image;
    }

    private ImageCounters create(byte[] bytes, String digest, SegmentFile segment)
            throws OverBoundException, InvalidFileException {
        StoredImage image = read(bytes, digest, segment.header().path(), segment.owner());
        requireFit(segment, image);
        return createNew(image, segment.owner());
    }

    /** Reads an image file of which anything may be wrong, if there is room for the image. */
    private StoredImage read(byte[] bytes, String digest, String path, int user)
            throws OverBoundException, InvalidFileException {
        // Before anything that takes time: segments that wait ask for their image again and again.
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        ImageLayout.Header header = ImageLayout.read(file, bytes.length);
        requireRoom(user, StoredImage.memory(header, bytes.length));
        ReadingTime.requireNames(
                user,
                Saturated.sum(
                        Names.unfolded(header.names().of(file)),
                        Names.unfolded(header.vtableNames().of(file))));
        return StoredImage.read(bytes, digest, path, byName::containsKey);
    }

    private ImageCounters createNew(StoredImage image, int user) {
        LOG.info("new image {} with {} functions", image.name(), image.functions());
        return create(image, user);
    }

    /**
     * The image of a file that somebody else than a segment brings: a process that is read, or its profile.
     *
     * @param bytes the image file
     * @param path of the executable or shared library
     * @param user who is charged if it is a new one
     * @throws OverBoundException if there are too many images
     * @throws InvalidFileException if it is none
     */
    public ImageCounters adopt(byte[] bytes, String path, int user) throws OverBoundException, InvalidFileException {
        return adopt(bytes, StoredImage.digest(bytes), path, user);
    }

    /** The same, with the digest of the file. */
    public ImageCounters adopt(byte[] bytes, String digest, String path, int user)
            throws OverBoundException, InvalidFileException {
        ImageCounters image = images.get(digest);
        if (image != null) {
            return image;
        }
        long begun = usage.readingTime().begin(user);
        try {
            image = createNew(read(bytes, digest, path, user), user);
        } finally {
            usage.readingTime().end(user, begun);
        }
        changed.add(image);
        return image;
    }

    /** Notes that the counts of an image are others than those that were saved. */
    public void markChanged(ImageCounters image) {
        changed.add(image);
        recharge(image);
    }

    /** Reads the image file of an image to which no segment refers. */
    public StoredImage read(byte[] file, String path) throws InvalidFileException {
        return StoredImage.read(file, path, byName::containsKey);
    }

    /** Adds such an image, or returns the known image with this content. Root asked for it, so no bound applies. */
    public ImageCounters add(StoredImage image) {
        ImageCounters known = images.get(image.digest());
        if (known != null) {
            return known;
        }
        ImageCounters added = create(image, 0);
        changed.add(added);
        return added;
    }

    /** Makes an image, with the carry that waits for it, if there is one. */
    private ImageCounters create(StoredImage image, int user) {
        Optional<ImageCounters> waited = saved.adopt(image);
        ImageCounters created = waited.orElseGet(() -> new ImageCounters(image));
        if (waited.isPresent()) {
            restore(created);
        } else {
            add(created, user);
        }
        return created;
    }

    /** Makes room by forgetting images without counts and without a process, if that helps. */
    private void requireRoom(int user, long memory) throws OverBoundException {
        try {
            usage.requireImage(user, memory);
        } catch (OverBoundException e) {
            List.copyOf(images.values()).forEach(this::forgetIfEmpty);
            usage.requireImage(user, memory);
        }
    }

    /** Forgets an image without counts and without a process, unless another part of the store needs it. */
    public void forgetIfEmpty(ImageCounters image) {
        if (!image.isEmpty() || isHeld.test(image) || !Collections.disjoint(image.references(), deleted)) {
            return;
        }
        LOG.info("forgot image {}, which has no counts", image.image().name());
        images.remove(image.image().digest());
        byName.remove(image.image().name());
        changed.remove(image);
        Charge charge = charges.remove(image);
        usage.removeImage(charge.user, charge.memory);
        for (ImageReference reference : image.references()) {
            byReference.remove(reference);
            noLongerIdle(reference, image);
        }
    }

    /** Says that one more live segment refers to this image file. */
    void join(ImageReference reference) {
        if (uses.merge(reference, 1, Integer::sum) == 1) {
            noLongerIdle(reference, byReference.get(reference));
        }
    }

    /** Says that a live segment less refers to it, and that the counts of the image have changed. */
    void leave(ImageReference reference) {
        markChanged(byReference.get(reference));
        uses.merge(reference, -1, (a, b) -> a + b == 0 ? null : a + b);
        if (!uses.containsKey(reference)) {
            becomeIdle(reference);
        }
    }

    /** Charges for each image what it takes up now. */
    public void recharge() {
        charges.keySet().forEach(this::recharge);
    }

    private void recharge(ImageCounters image) {
        Charge before = charges.get(image);
        charges.put(image, new Charge(before.user, image.memory()));
        usage.addMemory(before.user, image.memory() - before.memory);
    }

    /** Who is charged for an image. */
    public int user(ImageCounters image) {
        return charges.get(image).user;
    }

    /** How many more bytes the values of an image may take up. */
    public long memoryLeft(ImageCounters image) {
        return usage.memoryLeft(charges.get(image).user);
    }

    private void becomeIdle(ImageReference reference) {
        if (idle.add(reference)) {
            idleBytes += byReference.get(reference).image().fileSize();
        }
    }

    private void noLongerIdle(ImageReference reference, ImageCounters image) {
        if (idle.remove(reference)) {
            idleBytes -= image.image().fileSize();
        }
    }

    /**
     * Deletes image files that no process uses, if there are many or if no other process will look for their names. The
     * caller has saved everything.
     *
     * @return whether {@link #forgetDeleted} has new work to do
     */
    boolean deleteIdle() {
        boolean some = false;
        for (ImageReference reference : List.copyOf(idle)) {
            ImageCounters image = byReference.get(reference);
            boolean many = idle.size() > IDLE_FILES || idleBytes > IDLE_BYTES;
            if ((many || reference.key().isOwn()) && !changed.contains(image)) {
                noLongerIdle(reference, image);
                delete(reference);
                deleted.add(reference);
                some = true;
            }
        }
        return some;
    }

    private void delete(ImageReference reference) {
        Path file = directory.resolve(reference.key().fileName());
        try {
            Linux.Status status = Linux.status(file);
            if (status.regular() && status.uid() == reference.owner()) {
                changes.delete(file);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone already", file);
        } catch (IOException e) {
            LOG.warn("cannot delete an image file that is no longer needed: {}", e.toString());
        }
    }

    /** Forgets the names of deleted files that no segment needs. The caller has applied all events. */
    void forgetDeleted() {
        for (ImageReference reference : deleted) {
            ImageCounters image = byReference.get(reference);
            if (!uses.containsKey(reference) && !idle.contains(reference)) {
                byReference.remove(reference);
                image.references().remove(reference);
                changed.add(image);
            }
        }
        deleted.clear();
    }
}
