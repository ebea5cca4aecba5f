package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel sends who holds a lease that is broken. Needs root. */
class LeaseSignalTest {
    private static final int TIMES = 5000;
    private static final String BREAKER =
            """
            import os, sys
            while True:
                try:
                    os.close(os.open(sys.argv[1], os.O_WRONLY | os.O_NONBLOCK))
                except BlockingIOError:
                    pass
            """;

    @TempDir
    Path directory;

    /** Of a lease that is broken while it is held the kernel tells by a signal, of which this process must not die. */
    @Test
    void shouldSurviveThatLeasesAreBroken() throws IOException, InterruptedException {
        Path file = Files.createFile(directory.resolve("file"));
        int fd = Linux.openForReading(file);
        Process breaking = new ProcessBuilder("python3", "-c", BREAKER, file.toString()).start();
        try {
            int granted = 0;
            int used = 0;
            while (granted < TIMES || used < TIMES) {
                if (Linux.readLease(fd) == Linux.Lease.GRANTED) {
                    granted++;
                } else {
                    used++;
                }
            }
        } finally {
            breaking.destroyForcibly().waitFor();
            Linux.close(fd);
        }
    }
}
