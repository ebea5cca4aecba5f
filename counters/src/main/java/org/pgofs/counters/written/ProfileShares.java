package org.pgofs.counters.written;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * How much each directory of profiles may hold. All directories of a user together may hold a tenth of the memory of the
 * machine: what is not used is shared out equally among them. Used by one thread at a time.
 */
final class ProfileShares {
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final int PART = 10;
    private static final long MOST_FILES = 100_000;

    /** What is there even if others of the user have used up everything: a size of 0 would be no bound at all. */
    private static final Amount LEAST = new Amount(1 << 16, 8);

    private final Amount most;
    private final Map<String, Holding> holdings = new HashMap<>();

    /**
     * How much.
     *
     * @param bytes a tmpfs counts whole pages
     * @param files and directories
     */
    record Amount(long bytes, long files) {}

    private record Holding(int owner, Amount used) {}

    /** For this machine. */
    ProfileShares() throws IOException {
        this(new Amount(memory() / PART, MOST_FILES));
    }

    /**
     * Shares of something.
     *
     * @param most what all directories of a user may hold together
     */
    ProfileShares(Amount most) {
        this.most = most;
    }

    private static long memory() throws IOException {
        String first = Files.readAllLines(MEMORY, StandardCharsets.ISO_8859_1).get(0); // MemTotal: 123 kB
        return Long.parseLong(first.replaceAll("[^0-9]", "")) * 1024;
    }

    /**
     * What a directory may hold.
     *
     * @param used what it holds
     */
    Amount of(String name, int owner, Amount used) {
        holdings.put(name, new Holding(owner, used));
        long bytes = most.bytes;
        long files = most.files;
        int count = 0;
        for (Holding holding : holdings.values()) {
            if (holding.owner == owner) {
                bytes -= holding.used.bytes;
                files -= holding.used.files;
                count++;
            }
        }
        return new Amount(
                used.bytes + Math.max(LEAST.bytes, bytes / count), used.files + Math.max(LEAST.files, files / count));
    }

    /** Forgets those that are gone. */
    void retain(Collection<String> names) {
        holdings.keySet().retainAll(names);
    }
}
