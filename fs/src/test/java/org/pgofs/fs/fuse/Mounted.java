package org.pgofs.fs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.pgofs.fs.Directory;

/**
 * A tree mounted for a test, and a directory beside it.
 *
 * @param mount the mount
 * @param path where
 * @param out an empty directory
 */
record Mounted(Mount mount, Path path, Path out) implements AutoCloseable {
    /** Mounts below a directory, which every user can then reach. */
    static Mounted at(Path directory, Directory root, String options) throws IOException, InterruptedException {
        return at(directory, root, options, failure -> {});
    }

    /** The same, and tells of requests that fail. */
    static Mounted at(Path directory, Directory root, String options, Consumer<Throwable> failures)
            throws IOException, InterruptedException {
        Shell.run("chmod 755 \"$1\"", directory).ok();
        Path path = Files.createDirectory(directory.toRealPath().resolve("mount"));
        Path out = Files.createDirectory(directory.resolve("out"));
        return new Mounted(Mount.mount(path, root, MountOptions.parse(options), failures), path, out);
    }

    /** Mounts and unmounts a tree that has a file {@code text}. */
    static void once(Path path, Directory root) throws IOException, InterruptedException {
        Mount mount = Mount.mount(path, root, MountOptions.DEFAULT, failure -> {});
        try {
            assertEquals("text", Shell.run("cat \"$1\"/text", path).ok());
        } finally {
            mount.close();
        }
    }

    /** Runs a script that sees the mount point as {@code $M} and the other directory as {@code $O}. */
    Shell.Result sh(String script) throws IOException, InterruptedException {
        return Shell.run("export M=$1 O=$2; " + script, path, out);
    }

    @Override
    public void close() {
        mount.close();
    }
}
