package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
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
