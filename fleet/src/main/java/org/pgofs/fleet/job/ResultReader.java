package org.pgofs.fleet.job;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgofs.daemon.json.JsonTree;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.profdata.read.IndexedReader;

/** Reads results out of a store, where anything may lie: what is not whole is no result. See {@link ResultStore}. */
public final class ResultReader {
    private static final int MOST_MANIFEST = 64 << 20;
    static final int MOST_PROFILE = 1 << 30;
    private static final int READS = 3;

    private final ObjectStore store;

    /**
     * The results in a store.
     *
     * @param store the store
     */
    public ResultReader(ObjectStore store) {
        this.store = store;
    }

    /**
     * Which images have results, perhaps.
     *
     * @return sorted by their keys
     * @throws IOException if the store does not answer; the message names it
     */
    public List<ImageId> images() throws IOException {
        return directories(ResultStore.ROOT).stream()
                .flatMap(key -> image(key).stream())
                .toList();
    }

    /** Of somebody's own directory there is none. */
    private static Optional<ImageId> image(String key) {
        try {
            return Optional.of(ImageId.parse(key));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private List<String> directories(String directory) throws IOException {
        return store.list(directory).stream()
                .filter(name -> name.endsWith("/"))
                .map(name -> name.substring(0, name.length() - 1))
                .toList();
    }

    /**
     * How the results of an image are instrumented.
     *
     * @param image the image
     * @return words, sorted, plain instrumentation first
     * @throws IOException if the store does not answer; the message names it
     */
    public List<String> variants(ImageId image) throws IOException {
        return directories(ResultStore.ROOT + image.key() + "/").stream()
                .sorted(Comparator.comparing((String variant) -> !variant.equals("ir"))
                        .thenComparing(variant -> variant))
                .toList();
    }

    /**
     * The windows of an image, perhaps with results.
     *
     * @param image the image
     * @param variant how it is instrumented
     * @return the one that {@code latest} names, and then the others from the newest on
     * @throws IOException if the store does not answer; the message names it
     */
    public List<Window> windows(ImageId image, String variant) throws IOException {
        String directory = ResultStore.directory(image, variant);
        List<Window> windows = new ArrayList<>();
        for (String name : directories(directory)) {
            window(name).ifPresent(windows::add);
        }
        windows.sort(Comparator.reverseOrder());
        latest(directory).filter(windows::remove).ifPresent(latest -> windows.add(0, latest));
        return windows;
    }

    private static Optional<Window> window(String name) {
        try {
            return Optional.of(Window.parse(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<Window> latest(String directory) {
        try {
            byte[] text = store.read(directory + ResultStore.LATEST, 1 << 10);
            return window(new String(text, StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads a result.
     *
     * @param image the image
     * @param variant how it is instrumented
     * @param window the window
     * @return the result, which is whole
     * @throws IOException if there is none that is; the message says why
     */
    public StoredResult read(ImageId image, String variant, Window window) throws IOException {
        String directory = ResultStore.directory(image, variant) + window.name() + "/";
        try {
            for (int attempt = 1; ; attempt++) {
                Map<?, ?> manifest = manifest(image, variant, window);
                byte[] profile = store.read(directory + ResultStore.PROFILE, MOST_PROFILE);
                if (ResultStore.sha256(profile).equals(manifest.get("sha_256"))) {
                    ByteBuffer bytes = ByteBuffer.wrap(profile).asReadOnlyBuffer();
                    return new StoredResult(
                            image, variant, window, manifest, bytes, IndexedReader.read(bytes.duplicate()));
                }
                if (attempt == READS) { // not one that is just being written again
                    throw new IOException("the profile is not the one of which its manifest speaks");
                }
            }
        } catch (NoSuchFileException e) {
            throw new IOException("profile or manifest is not there", e);
        }
    }

    /**
     * What is said of a result.
     *
     * @param image the image
     * @param variant how it is instrumented
     * @param window the window
     * @return the fields of the manifest
     * @throws NoSuchFileException if there is none
     * @throws IOException if it cannot be read, or is that of something else; the message says why
     */
    public Map<?, ?> manifest(ImageId image, String variant, Window window) throws IOException {
        String name = ResultStore.directory(image, variant) + window.name() + "/" + ResultStore.MANIFEST;
        Map<?, ?> manifest = JsonTree.object(new String(store.read(name, MOST_MANIFEST), StandardCharsets.UTF_8));
        boolean isOwn = image.name().equals(manifest.get("image"))
                && image.id().equals(manifest.get("build_id"))
                && variant.equals(manifest.get("variant"))
                && window.since().toString().equals(manifest.get("since"))
                && window.until().toString().equals(manifest.get("until"));
        if (!isOwn) {
            throw new IOException("the manifest is that of another result");
        }
        return manifest;
    }
}
