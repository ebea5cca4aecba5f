package org.pgofs.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A memory cgroup, of version 1 or 2.
 *
 * @param directory its own
 */
record MemoryGroup(Path directory) implements AutoCloseable {
    private static final List<Path> ROOTS = List.of(Path.of("/sys/fs/cgroup/memory"), Path.of("/sys/fs/cgroup"));
    private static final List<String> LIMITS = List.of("memory.limit_in_bytes", "memory.max");

    /** A new one with that limit in bytes; null if that is not possible here. */
    static MemoryGroup make(String name, long limit) throws IOException {
        for (Path root : ROOTS) {
            Path directory = root.resolve(name);
            if (!Files.isWritable(root) || !Files.exists(root.resolve("cgroup.procs"))) {
                continue;
            }
            Files.createDirectory(directory);
            for (String file : LIMITS) {
                if (Files.exists(directory.resolve(file))) {
                    Files.writeString(directory.resolve(file), String.valueOf(limit));
                    return new MemoryGroup(directory);
                }
            }
            Files.delete(directory);
        }
        return null;
    }

    /** Into which a process writes its number to become a member. */
    Path processes() {
        return directory.resolve("cgroup.procs");
    }

    @Override
    public void close() throws IOException {
        Files.delete(directory);
    }
}
