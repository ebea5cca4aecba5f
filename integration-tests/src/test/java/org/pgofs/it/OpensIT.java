package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the daemon opens what users have made: nobody may keep it waiting, as one could by a lease or a pipe. */
final class OpensIT {
    @TempDir
    Path directory;

    @Test
    void shouldOpenNoFileOfAUserSoThatItMayBlock() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        Path log = directory.resolve("opens");
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            makeOddFiles(mount, "1");
            mount.startDaemonBy(List.of(
                    "env",
                    "--default-signal=INT,HUP",
                    "strace",
                    "-D",
                    "-f",
                    "--seccomp-bpf",
                    "-qq",
                    "-s",
                    "4096",
                    "-e",
                    "trace=open,openat,openat2,creat,truncate",
                    "-e",
                    "signal=none",
                    "-o",
                    log.toString()));
            try (Worker worker = Worker.start(mount.shell(), program)) {
                worker.work(3);
                makeOddFiles(mount, "2");
                mount.reset();
                worker.work(4);
                mount.shell()
                        .run("cat", mount.root().resolve("pgo/take").toString())
                        .ok();
                worker.work(5);
                assertEquals(5, mount.profile(Toolchain.DEFAULT).calls("counted"));
            }
            Await.until("the program is noticed to have ended", () -> images(mount).stream()
                    .anyMatch(image -> image.get("ended_processes").equals(1L)));
            mount.stopDaemon();
        }
        List<String> opens = ofUsers(log, directory.resolve("segments"));
        assertTrue(
                opens.stream().anyMatch(open -> open.contains("\"s-") || open.contains("/s-")), "segments were opened");
        assertTrue(
                opens.stream().anyMatch(open -> open.contains("/proc/self/fd/") && open.contains("O_WRONLY")),
                "a segment was written to");
        assertEquals(
                List.of(),
                opens.stream()
                        .filter(open -> !open.contains("O_NONBLOCK") && !open.contains("O_PATH"))
                        .toList());
    }

    @SuppressWarnings("unchecked")
    private static List<Map<?, ?>> images(PgofsMount mount) {
        return (List<Map<?, ?>>) mount.status().get("images");
    }

    /** Under names of the runtime's. */
    private static void makeOddFiles(PgofsMount mount, String suffix) {
        mount.shell()
                .bash(
                        """
                        cd "$1"
                        mkfifo s-fifo$2 i-fifo$2 t-fifo$2 r-fifo$2
                        ln -s /dev/tty s-link$2
                        mkdir s-directory$2
                        touch s-empty$2 t-empty$2 x; mv x r-2-0123456789abcdef0123456789abc$2
                        /usr/bin/python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' s-socket$2
                        """,
                        mount.segments(),
                        suffix)
                .ok();
    }

    /**
     * The traced calls that name a file of the segment directory, or one that is open already. A file that is named beside
     * the directory's descriptor is known by the call (strace -y would ask the mount while it holds the daemon up). The
     * state and what says that a daemon runs are root's, of which nobody else can have a lease.
     */
    private static List<String> ofUsers(Path log, Path segments) throws Exception {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains('"' + segments.toString() + '/')
                            || line.contains("openat2(")
                            || line.contains('"' + "/proc/self/fd/"))
                    .filter(line -> !line.contains(segments + "/.state") && !line.contains(segments + "/.serving"))
                    .filter(line -> !line.contains("resumed>"))
                    .toList();
        }
    }
}
