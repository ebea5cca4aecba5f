package org.pgofs.fleet.job;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceName;
import org.pgofs.fleet.store.UnusableObjectException;

/** Finds pieces in a store. It lists only the directories of the images and hours that are wanted. */
public final class PieceFinder {
    private static final int LEAST_DIGITS = 8;

    private final ObjectStore store;
    private final Window window;
    private final String wanted;

    /**
     * A search.
     *
     * @param store where to search
     * @param window of which hours
     * @param wanted the name of an image, its build id or at least 8 digits of it; empty for all images
     */
    public PieceFinder(ObjectStore store, Window window, String wanted) {
        this.store = store;
        this.window = window;
        this.wanted = wanted;
    }

    /**
     * Finds the pieces.
     *
     * @return for each image and variant that has any, sorted by their names
     * @throws IOException if the store does not answer; the message names it
     */
    public List<ImagePieces> find() throws IOException {
        List<ImagePieces> found = new ArrayList<>();
        for (String key : directories(PieceName.ROOT)) {
            ImageId image = image(key);
            if (image != null && isWanted(image)) {
                found.addAll(ofImage(image));
            }
        }
        return found;
    }

    private List<ImagePieces> ofImage(ImageId image) throws IOException {
        List<ImagePieces> found = new ArrayList<>();
        List<Rejected> rejected = new ArrayList<>();
        String directory = PieceName.ROOT + image.key() + "/";
        for (String variant : readable(directory, rejected)) {
            if (variant.endsWith("/") && PieceName.isVariant(variant.substring(0, variant.length() - 1))) {
                ImagePieces pieces = pieces(image, variant.substring(0, variant.length() - 1));
                if (!pieces.isEmpty()) {
                    found.add(pieces);
                }
            }
        }
        if (!rejected.isEmpty()) {
            found.add(new ImagePieces(image, "of any kind", List.of(), rejected));
        }
        return found;
    }

    /** What lies in a directory; one that is closed to this user is no reason to leave out the others. */
    private List<String> readable(String directory, List<Rejected> rejected) throws IOException {
        try {
            return store.list(directory);
        } catch (AccessDeniedException e) {
            rejected.add(new Rejected(directory, "it must not be listed: permission denied"));
            return List.of();
        } catch (UnusableObjectException e) {
            rejected.add(new Rejected(directory, "it must not be listed: it is a mount point"));
            return List.of();
        }
    }

    private List<String> directories(String directory) throws IOException {
        return store.list(directory).stream()
                .filter(name -> name.endsWith("/"))
                .map(name -> name.substring(0, name.length() - 1))
                .toList();
    }

    /** Null for a directory that is none of an image. */
    private static ImageId image(String key) {
        try {
            return ImageId.parse(key);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private boolean isWanted(ImageId image) {
        return wanted.isEmpty()
                || image.name().equals(wanted)
                || image.id().equals(wanted)
                || image.key().equals(wanted)
                || (wanted.length() >= LEAST_DIGITS && image.id().startsWith(wanted));
    }

    private ImagePieces pieces(ImageId image, String variant) throws IOException {
        List<PieceName> pieces = new ArrayList<>();
        List<Rejected> rejected = new ArrayList<>();
        String directory = PieceName.ROOT + image.key() + "/" + variant + "/";
        for (String hour : readable(directory, rejected)) {
            if (isInWindow(hour)) {
                for (String file : readable(directory + hour, rejected)) {
                    if (!file.endsWith(PieceName.INFO)) {
                        add(directory + hour + file, pieces, rejected);
                    }
                }
            }
        }
        return new ImagePieces(image, variant, pieces, rejected);
    }

    private boolean isInWindow(String hour) {
        try {
            return hour.endsWith("/") && window.has(PieceName.parseHour(hour.substring(0, hour.length() - 1)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void add(String path, List<PieceName> pieces, List<Rejected> rejected) {
        try {
            pieces.add(PieceName.parse(path));
        } catch (IllegalArgumentException e) {
            rejected.add(new Rejected(path, e.getMessage()));
        }
    }
}
