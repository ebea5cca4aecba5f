package org.pgofs.fleet.job;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.pgofs.daemon.json.RecordJson;
import org.pgofs.fleet.core.MergedProfile;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.UnusableObjectException;
import org.pgofs.profdata.read.IndexedReader;
import org.pgofs.profdata.read.Overlap;

/**
 * Where results lie.
 *
 * <pre>
 *   merged/IMAGE-KEY/VARIANT/SINCE-UNTIL/profdata
 *   merged/IMAGE-KEY/VARIANT/SINCE-UNTIL/manifest.json
 *   merged/IMAGE-KEY/VARIANT/latest      the name of the window that ends last, and the end of a line
 * </pre>
 *
 * {@code latest} is written last, and never goes back to a window that ends earlier.
 */
public final class ResultStore {
    /** The directory of all results. */
    public static final String ROOT = "merged/";

    /** How many objects that were left out a manifest names: whoever may write could leave any number. */
    public static final int MOST_REJECTED = 10_000;

    static final String PROFILE = "profdata";
    static final String MANIFEST = "manifest.json";
    static final String LATEST = "latest";

    private final ObjectStore store;

    /**
     * The results in a store.
     *
     * @param store the store
     */
    public ResultStore(ObjectStore store) {
        this.store = store;
    }

    /**
     * Writes the result of an image and a window.
     *
     * @param pieces of which it was made
     * @param window of them
     * @param merged what they give
     * @param weights of the pieces
     * @return the name of the profile
     * @throws IOException if no piece was sound, no profile can be made, or it cannot be written; the message says why
     */
    public String write(ImagePieces pieces, Window window, QualityMerge.Merged merged, Weights weights)
            throws IOException {
        PartialResult result = merged.result();
        HostQuality quality = merged.quality();
        if (result.sum().isEmpty()) {
            throw new IOException("no piece of it is sound"
                    + result.rejected().stream()
                            .findFirst()
                            .map(first -> ", the first: " + first.object() + ": " + first.reason())
                            .orElse(""));
        }
        String image = directory(pieces.image(), pieces.variant());
        String directory = image + window.name() + "/";
        MergedProfile profile = MergedProfile.of(pieces.image().key(), result.sum());
        Optional<Window> before = windows(image).stream()
                .filter(other -> !other.until().isAfter(window.since()))
                .max(Window::compareTo);
        byte[] bytes = new byte[profile.bytes().remaining()];
        profile.bytes().duplicate().get(bytes);
        Manifest manifest = new Manifest(
                pieces.image().name(),
                pieces.image().id(),
                pieces.variant(),
                window.since().toString(),
                window.until().toString(),
                "0x" + Long.toHexString(result.sum().rawVersion()),
                result.pieces(),
                quality.described(),
                quality.leftOut(),
                quality.odd(),
                quality.thin(),
                quality.minOverlap(),
                quality.maxShare(),
                profile.total(),
                profile.functions(),
                profile.functionsThatRan(),
                profile.otherShapes(),
                before.isPresent() ? overlap(image + before.get().name(), bytes) : null,
                before.map(Window::name).orElse(null),
                weights.toString().isEmpty() ? null : weights.toString(),
                result.rejected().stream().limit(MOST_REJECTED).toList(),
                result.rejected().size(),
                result.tooLarge(),
                bytes.length,
                sha256(bytes));
        store.replace(directory + PROFILE, bytes);
        store.replace(directory + MANIFEST, RecordJson.of(manifest).getBytes(StandardCharsets.UTF_8));
        moveLatest(image, window);
        return directory + PROFILE;
    }

    static String directory(ImageId image, String variant) {
        return ROOT + image.key() + "/" + variant + "/";
    }

    /** Those that have results. */
    private List<Window> windows(String image) throws IOException {
        return store.list(image).stream()
                .filter(name -> name.endsWith("/"))
                .flatMap(name -> window(name.substring(0, name.length() - 1)).stream())
                .toList();
    }

    /** Of another directory there is none. */
    private static Optional<Window> window(String name) {
        try {
            return Optional.of(Window.parse(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Null if that result cannot be read. */
    private Double overlap(String before, byte[] profile) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(store.read(before + "/" + PROFILE, ResultReader.MOST_PROFILE));
            return new Overlap(IndexedReader.read(bytes), IndexedReader.read(ByteBuffer.wrap(profile))).overlap();
        } catch (IOException e) {
            return null;
        } catch (OutOfMemoryError e) {
            return null; // nobody needs it so much
        }
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void moveLatest(String image, Window window) throws IOException {
        Optional<Window> latest = latest(image);
        if (latest.isEmpty() || latest.get().compareTo(window) <= 0) {
            store.replace(image + LATEST, (window.name() + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private Optional<Window> latest(String image) throws IOException {
        try {
            byte[] text = store.read(image + LATEST, 1 << 10);
            return window(new String(text, StandardCharsets.UTF_8).strip());
        } catch (NoSuchFileException | UnusableObjectException e) {
            return Optional.empty();
        }
    }
}
