package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A handle keeps the bytes and the size of the moment at which it was first read. */
final class HandlesIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;

    @TempDir
    Path directory;

    @Test
    void shouldKeepBytesAndSizeOfEachHandle() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        Path larger = TOOLCHAIN.workerWithLibrary(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program);
                Reader early = new Reader(mount, "early")) {
            worker.work(1);
            long size = early.start();
            worker.work(10);
            try (Worker second = Worker.start(mount.shell(), larger);
                    Reader late = new Reader(mount, "late")) {
                second.tell("library 3");
                long lateSize = late.start();
                assertTrue(lateSize > size, "two more images");
                mount.reset();
                worker.work(100);

                assertEquals(size, early.sizeAgain());
                assertEquals(lateSize, late.sizeAgain());
                assertEquals(size, Files.size(early.finish()));
                assertEquals(lateSize, Files.size(late.finish()));
                assertEquals(1, Profile.of(TOOLCHAIN, early.copy()).calls("counted"));
                assertEquals(-1, Profile.of(TOOLCHAIN, early.copy()).calls("library_counted"));
                assertEquals(3, Profile.of(TOOLCHAIN, late.copy()).calls("library_counted"));
            }
        }
    }
}
