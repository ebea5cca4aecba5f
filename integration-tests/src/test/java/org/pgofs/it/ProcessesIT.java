package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** All processes of one image are counted, each increment once, however they start and end. */
final class ProcessesIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;

    @TempDir
    Path directory;

    @Test
    void shouldAddUpProcessesThatRunEndAndAreKilled() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            List<Worker> workers = new ArrayList<>();
            try {
                for (int i = 0; i < 8; i++) {
                    workers.add(Worker.start(mount.shell(), program));
                }
                mount.reset();
                long expected = 0;
                for (int i = 0; i < 8; i++) {
                    workers.get(i).work(1 << i);
                    expected += 1 << i;
                }
                for (Worker killed : workers.subList(0, 3)) {
                    killed.kill();
                }
                workers.get(3).end();
                assertEquals(expected, mount.profile(TOOLCHAIN).calls("counted"));

                workers.get(4).tell("fork 1000");
                workers.get(4).tell("fork 2000");
                expected += 3000;
                assertEquals(expected, mount.profile(TOOLCHAIN).calls("counted"));
                workers.get(4).end();
                assertEquals(expected, mount.profile(TOOLCHAIN).calls("counted"));

                expected += outlive(workers.get(5), mount, expected);
                mount.reset();
                workers.get(6).work(5);
                assertEquals(5, mount.profile(TOOLCHAIN).calls("counted"));
                workers.get(6).kill();
                workers.get(7).end();
                assertEquals(5, mount.profile(TOOLCHAIN).calls("counted"));
            } finally {
                workers.forEach(Worker::close);
            }
        }
    }

    /** With the bounds that there are if none are given. */
    @Test
    @EnabledIfSystemProperty(named = "pgofs.full", matches = "true")
    void shouldCountTwoThousandProcessesAtOnce() throws Exception {
        int processes = 2000;
        Path program = TOOLCHAIN.instrumented(directory.resolve("burst"), Checkout.SOURCES.resolve("c/burst.c"));
        String all = "for i in $(seq " + processes + "); do \"$0\" wait 3 <&0 & done; wait";
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Process parent = mount.shell()
                    .command("bash", "-c", all, program.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                assertEquals(processes, parent.getInputStream().readNBytes(processes).length);
                assertNobodyWaits(mount, processes, 0);
                System.out.println("at once: " + mount.status().get("users"));
                assertEquals(3L * processes, mount.profile(TOOLCHAIN).calls("counted"));
                parent.getOutputStream().close();
                assertEquals(0, parent.waitFor());
            } finally {
                parent.destroyForcibly();
            }
            Await.until("all have ended", () -> live(mount).isEmpty());
            assertNobodyWaits(mount, 0, processes);
            assertEquals(3L * processes, mount.profile(TOOLCHAIN).calls("counted"));
        }
    }

    private static void assertNobodyWaits(PgofsMount mount, int live, long ended) {
        assertEquals(live, live(mount).size(), "live");
        assertEquals(ended, image(mount).get("ended_processes"), "ended");
        for (String none : List.of("over_bounds", "dropped", "attention")) {
            assertEquals(List.of(), mount.status().get(none), none);
        }
        assertEquals(0L, mount.status().get("without_image_file"));
        assertEquals(Map.of(), mount.status().get("refused"));
    }

    private static List<?> live(PgofsMount mount) {
        return (List<?>) image(mount).get("live_processes");
    }

    private static Map<?, ?> image(PgofsMount mount) {
        return (Map<?, ?>) ((List<?>) mount.status().get("images")).get(0);
    }

    /** A child that the C library knows nothing of goes on counting in its parent's segment after the parent's end. */
    private long outlive(Worker parent, PgofsMount mount, long before) throws Exception {
        try (PipedWorker child = new PipedWorker(directory, parent, "clone")) {
            child.work(100);
            parent.kill();
            assertEquals(before + 100, mount.profile(TOOLCHAIN).calls("counted"));
            mount.stopDaemon(); // a daemon that starts looks at every segment
            mount.startDaemon();
            child.work(10000);
            assertEquals(before + 10100, mount.profile(TOOLCHAIN).calls("counted"));
        }
        return 10100;
    }
}
