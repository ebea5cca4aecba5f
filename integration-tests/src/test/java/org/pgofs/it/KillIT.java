package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon is killed at a random moment under load, again and again: while processes come and go and count, while
 * counts are taken, reset and copied, and while the daemon starts. After each kill every count is accounted for.
 */
final class KillIT {
    private static final int KILLS = Checkout.FULL ? 200 : 20;
    private static final int LONGEST_MS = 700;
    private static final int STARTING_MS = 400;

    @TempDir
    Path directory;

    private final Random random = new Random(20);
    private final ExecutorService executor = Executors.newCachedThreadPool();

    @Test
    @Timeout(1800)
    void shouldAccountForEveryCountAfterEachKill() throws Exception {
        AtomicBoolean stopped = new AtomicBoolean();
        try (PgofsMount mount = PgofsMount.start(directory);
                SoakLoad load = new SoakLoad(mount.shell(), Toolchain.DEFAULT, directory)) {
            SoakReader reader = new SoakReader(directory, mount, load);
            Future<?> counting = submit(() -> load.run(1, SoakLoad.RATE, stopped::get));
            for (int kill = 0; kill < KILLS; kill++) {
                boolean resets = kill % 2 == 1;
                boolean quiet = kill % 8 < 4;
                AtomicBoolean over = new AtomicBoolean();
                List<Future<?>> tasks = new ArrayList<>();
                tasks.add(submit(() -> {
                    while (!over.get()) {
                        if (quiet) {
                            reader.takeWhileQuiet();
                        } else {
                            reader.take();
                        }
                        if (resets) {
                            reader.reset();
                        }
                    }
                }));
                tasks.add(submit(() -> {
                    while (!over.get()) {
                        mount.shell()
                                .bash("cp -a \"$1\" \"$2\"; rm -rf \"$2\"", mount.root(), directory.resolve("all"));
                    }
                }));
                TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_MS));
                mount.killDaemon();
                if (kill % 4 == 3) {
                    killWhileItStarts(mount);
                }
                mount.startDaemon();
                over.set(true);
                for (Future<?> task : tasks) {
                    task.get(1, TimeUnit.MINUTES);
                }
                load.whileQuiet(quiet ? reader::assertAccounted : reader::acceptLosses);
            }
            stopped.set(true);
            counting.get(1, TimeUnit.MINUTES);
            System.out.printf(
                    "kill: %d kills, %s of %d processes, %d takes, %d resets, %d of both cut off, %s lost in takes%n",
                    KILLS,
                    load.made(),
                    load.processes(),
                    reader.takes(),
                    reader.resets(),
                    reader.interrupted(),
                    reader.lost());
            assertTrue(reader.takes() > 0 && reader.resets() > 0);
        } finally {
            stopped.set(true);
            executor.shutdownNow();
        }
    }

    private Future<?> submit(SoakTask task) {
        return executor.submit(() -> {
            task.run();
            return null;
        });
    }

    private void killWhileItStarts(PgofsMount mount) throws Exception {
        mount.launchDaemon(List.of());
        TimeUnit.MILLISECONDS.sleep(random.nextInt(STARTING_MS));
        mount.killDaemon();
    }
}
