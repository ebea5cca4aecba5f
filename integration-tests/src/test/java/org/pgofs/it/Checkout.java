package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the parts of this checkout lie. */
final class Checkout {
    static final Path ROOT = real(Path.of(System.getProperty("pgofs.root", "..")));
    static final Path PGOFS = ROOT.resolve("daemon/target/pgofs/bin/pgofs");
    static final Path SOURCES = ROOT.resolve("integration-tests/src/test");
    static final boolean FULL = Boolean.getBoolean("pgofs.full");

    private Checkout() {}

    /**
     * A program's source, fetched if it is not there yet.
     *
     * @param name of the script that fetches it
     * @param file one that is there then
     */
    static Path source(String name, String file) {
        String cache = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
        Path source = Path.of(cache, "pgofs", name);
        Shell.in(ROOT)
                .run(SOURCES.resolve("sources").resolve(name).toString(), source.toString())
                .ok();
        assertTrue(Files.exists(source.resolve(file)));
        return source;
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
