package org.pgofs.daemon;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.pgofs.counters.SegmentDirectory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code pgofs umount}. */
@Command(
        name = "umount",
        description = "Unmount MOUNTPOINT and wait for its daemon to end. Targets count on; nothing is lost.",
        mixinStandardHelpOptions = true)
final class UmountCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Parameters(paramLabel = "MOUNTPOINT", description = "As given to pgofs mount.")
    private Path mountPoint;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path segments = segmentDirectory(StatusCommand.read(mountPoint, PgoTree.STATUS_JSON));
        Optional<ProcessHandle> daemon = SegmentDirectory.holder(segments).flatMap(ProcessHandle::of);
        Process umount = new ProcessBuilder("umount", mountPoint.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(umount.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (umount.waitFor() != 0) {
            throw new IOException(output.lines().findFirst().orElse("umount failed"));
        }
        if (daemon.isPresent()) {
            await(daemon.get());
        }
        return CommandLine.ExitCode.OK;
    }

    /** Not by {@link ProcessHandle#onExit}: for a process that is not a child it looks only every few seconds. */
    private static void await(ProcessHandle daemon) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (daemon.isAlive()) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("unmounted, but the daemon, pid " + daemon.pid() + ", does not end");
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static Path segmentDirectory(String json) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.FIELD_NAME && "segment_dir".equals(parser.currentName())) {
                    return Path.of(parser.nextTextValue());
                }
            }
        }
        throw new IOException("the status names no segment directory");
    }
}
