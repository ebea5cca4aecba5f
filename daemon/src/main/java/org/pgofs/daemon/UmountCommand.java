package org.pgofs.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.pgofs.counters.segment.SegmentDirectory;
import org.pgofs.daemon.client.ServedMount;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pgofs umount}. */
@Command(
        name = "umount",
        description = "Unmount, and wait for its daemon to end. Programs keep counting; nothing is lost.",
        mixinStandardHelpOptions = true)
final class UmountCommand implements Callable<Integer> {
    private static final Duration NOTICED = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Mixin
    private ServedMount mount;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path mountPoint = mount.path();
        String[] lines = mount.read(PgoTree.DAEMON).split("\n", 2);
        long pid = Long.parseLong(lines[0]);
        // Before it may end: later, another process may have its number.
        Optional<ProcessHandle> daemon = ProcessHandle.of(pid);
        Process umount = new ProcessBuilder("umount", mountPoint.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(umount.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (umount.waitFor() != 0) {
            String said = output.lines().findFirst().orElse("umount failed");
            throw new IOException(
                    said.contains("busy") ? said + " fuser -vm " + mountPoint + " shows the processes" : said);
        }
        awaitRelease(Path.of(lines[1]), pid, daemon);
        return CommandLine.ExitCode.OK;
    }

    /**
     * Until the daemon has let go of its segment directory: then another one can be mounted. If a mount namespace that
     * somebody made meanwhile still has the mount, the daemon does not notice its end, and is told.
     */
    private static void awaitRelease(Path segments, long pid, Optional<ProcessHandle> daemon)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        boolean waitExplained = false;
        while (daemon.map(ProcessHandle::isAlive).orElse(true) && isHeldBy(segments, pid)) {
            long waited = System.nanoTime() - begin;
            if (waited > PATIENCE.toNanos()) {
                throw new IOException("unmounted, but the daemon does not let go of " + segments);
            }
            if (!waitExplained && waited > NOTICED.toNanos()) {
                waitExplained = true;
                daemon.ifPresent(ProcessHandle::destroy);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Another daemon may have taken the directory. */
    private static boolean isHeldBy(Path segments, long pid) throws IOException {
        return SegmentDirectory.isHeld(segments)
                && SegmentDirectory.holder(segments).orElse(pid) == pid;
    }
}
