package org.pgofs.fs.fuse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A child process that outlives a killed parent and then detaches the mount, which would otherwise answer "Transport
 * endpoint is not connected". It detaches nothing else: the mount must be of the very file system, and dead. libfuse's
 * {@code auto_unmount} does the same, but needs fusermount, and leaves a descriptor and a zombie at every unmount.
 */
final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    /** Reads a line if all is well, an end of file if the parent died. */
    private static final String SCRIPT =
            """
            trap '' HUP INT QUIT ABRT TERM
            read -r line && exit
            [ -z "$3" ] || touch -c -- "$3"
            [ -e "$1" ] || { grep -q "^[0-9]* [0-9]* $2 / " /proc/self/mountinfo && umount -l -- "$1"; }
            """;

    private static final int MAX_SECONDS_TO_END = 1;

    private final Process process;

    private Watchdog(Process process) {
        this.process = process;
    }

    /**
     * Starts to watch.
     *
     * @param mountPoint its path in the mount table
     * @param device the mounted file system
     * @param mark a file whose time of change becomes that of the parent's death
     */
    static Watchdog start(Path mountPoint, String device, Optional<Path> mark) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                "sh",
                "-c",
                SCRIPT,
                "pgofs-watchdog",
                mountPoint.toString(),
                device,
                mark.map(Path::toString).orElse(""));
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD);
        // So that it pins no other file system.
        builder.directory(Path.of("/").toFile());
        return new Watchdog(builder.start());
    }

    /** Ends it: the mount is gone. */
    @Override
    public void close() {
        try (var input = process.getOutputStream()) {
            input.write('\n');
        } catch (IOException e) {
            LOG.debug("the watchdog has ended before", e);
        }
        try {
            if (process.waitFor(MAX_SECONDS_TO_END, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
