package org.pgofs.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Where the parts of this checkout lie. */
final class Checkout {
    static final Path ROOT = real(Path.of(System.getProperty("pgofs.root", "..")));
    static final Path PGOFS = ROOT.resolve("daemon/target/pgofs/bin/pgofs");
    static final Path SOURCES = ROOT.resolve("integration-tests/src/test");
    static final boolean FULL = Boolean.getBoolean("pgofs.full");

    private Checkout() {}

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
