package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Takes counts and resets them, while the daemon may be killed at any moment, and knows of each count whether it left
 * the store. One thread.
 */
final class SoakReader {
    private final Path directory;
    private final Path pgo;
    private final SoakLoad load;
    private byte[] lastTaken = {};
    /** What was taken, or reset away. */
    private SoakCounts gone = SoakCounts.NONE;

    private SoakCounts lost = SoakCounts.NONE;
    private int takes;
    private int resets;
    private int interrupted;

    SoakReader(Path directory, PgofsMount mount, SoakLoad load) {
        this.directory = directory;
        this.load = load;
        pgo = mount.root().resolve("pgo");
    }

    /** What takes under load lost; of counts it is nothing. */
    SoakCounts lost() {
        return lost;
    }

    int takes() {
        return takes;
    }

    int resets() {
        return resets;
    }

    /** How many of both the daemon's end cut off. */
    int interrupted() {
        return interrupted;
    }

    /**
     * Takes under load: {@link #acceptLosses} has to follow before anything is checked. What a process observes from the
     * moment at which its values are read until it is told that they were is lost; no count is.
     */
    void take() throws IOException {
        tryToTake();
    }

    /** Notes, while nobody counts, which values takes under load have lost. */
    void acceptLosses() throws IOException {
        SoakCounts now = unaccounted();
        assertTrue(
                now.targets() >= lost.targets() && now.sizes() >= lost.sizes(),
                () -> "observed twice: " + lost + " is " + now);
        lost = new SoakCounts(lost.program(), lost.library(), now.targets(), now.sizes());
        assertAccounted();
    }

    /** Takes while nobody counts: then values are as exact as counts. */
    void takeWhileQuiet() throws Exception {
        load.whileQuiet(() -> {
            tryToTake();
            assertAccounted();
        });
    }

    /** Checks, while nobody counts, that everything that was made was taken, reset away or is left. */
    void assertAccounted() throws IOException {
        assertEquals(lost, unaccounted(), "neither taken nor reset nor left");
    }

    private SoakCounts unaccounted() throws IOException {
        return load.made().minus(gone).minus(left());
    }

    /** A take that was cut off happened exactly if it is what last-take shows. */
    private void tryToTake() throws IOException {
        Path copy = directory.resolve("taken");
        if (!bash("cat \"$1\" >\"$2\"", pgo.resolve("take"), copy)) {
            interrupted++;
            copyOf(pgo.resolve("last-take"), copy);
            if (Arrays.equals(withoutPadding(copy), lastTaken)) {
                return;
            }
        }
        lastTaken = withoutPadding(copy);
        gone = gone.plus(SoakCounts.of(copy));
        takes++;
    }

    /** A take has zeros at its end, for values that did not come; the last take has none. */
    private static byte[] withoutPadding(Path profile) throws IOException {
        byte[] bytes = Files.readAllBytes(profile);
        int size = bytes.length;
        while (size > 0 && bytes[size - 1] == 0) {
            size--;
        }
        return Arrays.copyOf(bytes, size);
    }

    /** Resets while nobody counts. A reset that was cut off happened as a whole or not at all. */
    void reset() throws Exception {
        load.whileQuiet(() -> {
            SoakCounts before = left();
            boolean acknowledged = bash("echo 1 >\"$1\"", pgo.resolve("reset"));
            SoakCounts after = left();
            if (acknowledged || !after.equals(before)) {
                assertEquals(SoakCounts.NONE, after, "after a reset");
                gone = gone.plus(before);
                resets++;
            }
            interrupted += acknowledged ? 0 : 1;
        });
    }

    /** What the store has. */
    private SoakCounts left() throws IOException {
        Path copy = directory.resolve("left");
        copyOf(pgo.resolve("profraw"), copy);
        return SoakCounts.of(copy);
    }

    /** Reads a file of the mount, again when the daemon was killed meanwhile. */
    private void copyOf(Path file, Path copy) {
        Await.until(file + " can be read", () -> bash("cat \"$1\" >\"$2\"", file, copy));
    }

    private boolean bash(String script, Path... arguments) {
        return Shell.in(directory).bash(script, (Object[]) arguments).status() == 0;
    }
}
