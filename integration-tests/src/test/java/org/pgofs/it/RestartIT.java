package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing is lost while the daemon is away. */
final class RestartIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;

    @TempDir
    Path directory;

    @Test
    void shouldCountWhatStartedAndWhatEndedBeforeTheDaemon() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.prepare(directory);
                Worker running = Worker.start(mount.shell(), program);
                Worker ended = Worker.start(mount.shell(), program)) {
            running.work(1);
            ended.work(10);
            ended.end();
            mount.startDaemon();
            assertEquals(11, mount.profile(TOOLCHAIN).calls("counted"));
            running.work(100);
            assertEquals(111, mount.profile(TOOLCHAIN).calls("counted"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepCountsAndResetsOverARestart(boolean killed) throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker running = Worker.start(mount.shell(), program);
                Worker ending = Worker.start(mount.shell(), program);
                Worker endedBefore = Worker.start(mount.shell(), program)) {
            running.work(7);
            ending.work(7);
            mount.reset();
            running.work(1);
            ending.work(10);
            endedBefore.work(100);
            endedBefore.end();

            if (killed) {
                mount.killDaemon();
            } else {
                mount.stopDaemon();
            }
            running.work(1000);
            ending.work(10000);
            ending.end();
            try (Worker whole = Worker.start(mount.shell(), program)) {
                whole.work(100000);
                whole.kill();
            }

            mount.startDaemon();
            assertEquals(111111, mount.profile(TOOLCHAIN).calls("counted"));
            running.work(1000000);
            assertEquals(1111111, mount.profile(TOOLCHAIN).calls("counted"));
            mount.reset();
            running.work(2);
            assertEquals(2, mount.profile(TOOLCHAIN).calls("counted"));
        }
    }
}
