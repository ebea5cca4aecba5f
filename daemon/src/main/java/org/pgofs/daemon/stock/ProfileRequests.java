package org.pgofs.daemon.stock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.pgofs.counters.CounterStore;
import org.pgofs.daemon.guest.RequestFile;

/** What {@code pgofs add} asks for: the absolute path of a raw profile. The daemon opens it. */
public final class ProfileRequests implements RequestFile.Request {
    /** The file that takes them, in {@code pgo/}. */
    public static final String FILE = ".profiles";

    private static final Pattern ENDING = Pattern.compile("([._-][0-9]+)?\\.profraw$");

    private final CounterStore store;

    /**
     * Requests to a store.
     *
     * @param store to which profiles are added
     */
    public ProfileRequests(CounterStore store) {
        this.store = store;
    }

    static ByteBuffer add(Path file) {
        return StandardCharsets.UTF_8.encode(file.toString());
    }

    @Override
    public void serve(ByteBuffer data) throws IOException {
        Path file = Path.of(StandardCharsets.UTF_8.decode(data).toString());
        ProfileFile profile = ProfileFile.read(file, store.processes()::requireRoom);
        try {
            store.processes().add(withoutEnding(file.toString()), profile.owner(), profile.profiles());
        } catch (IOException e) {
            throw new IOException(file + " " + e.getMessage(), e);
        }
    }

    /** The number of a process is no part of the name either. */
    private static String withoutEnding(String file) {
        return ENDING.matcher(file).replaceFirst("");
    }
}
