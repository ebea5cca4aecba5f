package org.pgofs.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A segment directory of its own, a mount point, and the daemon that serves it. */
final class PgofsMount implements AutoCloseable {
    private static final String SEGMENT_TMPFS = "size=1P,nr_inodes=0,inode64,mode=1733,nosuid,nodev,noexec";

    private final Path directory;
    private final Path segments;
    private final Path root;
    private Process daemon;

    private PgofsMount(Path directory) throws IOException {
        this.directory = directory;
        segments = Files.createDirectory(directory.resolve("segments"));
        root = Files.createDirectory(directory.resolve("mnt"));
        Shell.in(directory)
                .run("mount", "-t", "tmpfs", "-o", SEGMENT_TMPFS, "pgofs", segments.toString())
                .ok();
    }

    /** The directories, without a daemon yet. */
    static PgofsMount prepare(Path directory) throws IOException {
        return new PgofsMount(directory);
    }

    /** The directories and the daemon, ready. */
    static PgofsMount start(Path directory) throws IOException {
        PgofsMount mount = prepare(directory);
        try {
            mount.startDaemon();
        } catch (IOException | AssertionError e) {
            mount.close();
            throw e;
        }
        return mount;
    }

    Path segments() {
        return segments;
    }

    Path root() {
        return root;
    }

    Path profraw() {
        return root.resolve("pgo/profraw");
    }

    Process daemon() {
        return daemon;
    }

    /** For targets of this mount. */
    Shell shell() {
        return Shell.in(directory).with("PGOFS_SEGMENT_DIR", segments.toString());
    }

    void startDaemon(String... options) throws IOException {
        // What a shell starts in the background ignores SIGINT, and nohup SIGHUP; and so would the daemon of such
        // tests.
        startDaemonBy(List.of("env", "--default-signal=INT,HUP"), options);
    }

    /** Starts it by a command that runs what is behind it. */
    void startDaemonBy(List<String> starter, String... options) throws IOException {
        launchDaemon(starter, options);
        Await.until("the mount is ready", () -> {
            if (!daemon.isAlive()) {
                throw new AssertionError("the daemon ended with " + daemon.exitValue());
            }
            return Files.exists(profraw());
        });
    }

    /** Starts it and does not wait until it is ready. */
    void launchDaemon(List<String> starter, String... options) throws IOException {
        List<String> command = new ArrayList<>(starter);
        command.addAll(List.of(Checkout.PGOFS.toString(), "mount", "-f"));
        command.addAll(List.of(options));
        command.addAll(List.of("--segment-dir", segments.toString(), root.toString()));
        daemon = Shell.in(directory)
                .command(command.toArray(String[]::new))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Ends the daemon as a service manager does. */
    void stopDaemon() throws InterruptedException {
        daemon.destroy();
        int status = daemon.waitFor();
        if (status != 0) {
            throw new AssertionError("the daemon ended with " + status);
        }
        Await.until("the mount is gone", () -> !isMounted(root));
    }

    /** Ends the daemon by SIGKILL. */
    void killDaemon() throws InterruptedException {
        daemon.destroyForcibly().waitFor();
        Await.until("the mount of the killed daemon is gone", () -> !isMounted(root));
    }

    /** As documented: {@code echo 1 > pgo/reset}. */
    void reset() {
        Shell.in(directory).bash("echo 1 >\"$1\"", root.resolve("pgo/reset")).ok();
    }

    /** As documented: {@code cp -a pgo/profraw}, and what llvm-profdata reads out of the copy. */
    Profile profile(Toolchain toolchain) {
        return Profile.of(toolchain, copy());
    }

    /** What {@code pgofs status --json} says. */
    Map<?, ?> status() {
        try {
            return (Map<?, ?>) Json.parse(Files.readString(root.resolve("pgo/.status.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy of profraw. */
    Path copy() {
        Path copy = directory.resolve("copy.profraw");
        Shell.in(directory)
                .run("cp", "-a", profraw().toString(), copy.toString())
                .ok();
        return copy;
    }

    static boolean isMounted(Path path) {
        try {
            return Files.readString(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8)
                    .contains(" " + path + " ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (daemon != null) {
            daemon.destroy();
            daemon.onExit().completeOnTimeout(daemon, 10, TimeUnit.SECONDS).join();
            daemon.destroyForcibly();
        }
        for (Path path : List.of(root, segments)) {
            if (isMounted(path)) {
                Shell.in(directory).run("umount", "-l", path.toString());
            }
        }
    }
}
