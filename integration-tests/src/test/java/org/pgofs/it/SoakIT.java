package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything at once, for a long time: processes that come and go, takes, resets, copies, status, and a daemon that is
 * killed again and again. At the end every count that was made is accounted for. In the last third the daemon is left
 * alone, and must not grow.
 */
final class SoakIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;
    private static final long SECONDS = Long.getLong("pgofs.soak", 60);
    private static final long KILL_SECONDS = Math.min(60, SECONDS / 8);
    private static final int RUNNERS = 2;
    /** A JVM takes this much, a part of the machine's memory, before it looks for objects to drop. */
    private static final long NEW_OBJECTS_KIB = 192 * 1024;

    private static final int TAKES_A_RESET = 10;
    private static final int QUIET_TAKES_A_RESET = 3;

    @TempDir
    Path directory;

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<Future<?>> tasks = new ArrayList<>();

    @Test
    @Timeout(7200)
    void shouldAccountForEveryCount() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory);
                SoakLoad load = new SoakLoad(mount.shell(), TOOLCHAIN, directory)) {
            SoakReader reader = new SoakReader(directory, mount, load);
            for (int i = 0; i < RUNNERS; i++) {
                int seed = i;
                start(() -> load.run(seed, SoakLoad.RATE / RUNNERS, stopped::get));
            }
            start(() -> read(reader, load));
            start(() -> look(mount));

            long begin = System.nanoTime();
            int kills = 0;
            while (seconds(begin) < 2 * SECONDS / 3) {
                pause(KILL_SECONDS);
                mount.killDaemon();
                kills++;
                mount.startDaemon();
            }
            List<DaemonSample> samples = new ArrayList<>();
            while (samples.size() < SECONDS / 3) { // however long the last start took
                pause(1);
                samples.add(DaemonSample.of(mount));
            }
            stop();

            System.out.printf(
                    "soak: %d s, %d processes, %s, %d takes, %d resets, %d kills of which %d in a take or reset, %s lost%n",
                    SECONDS,
                    load.processes(),
                    load.made(),
                    reader.takes(),
                    reader.resets(),
                    kills,
                    reader.interrupted(),
                    reader.lost());
            reader.assertAccounted();
            assertTrue(reader.takes() > 0 && reader.resets() > 0 && kills > 0);
            assertFlat("resident KiB", samples, DaemonSample::residentKib, NEW_OBJECTS_KIB);
            assertFlat("threads", samples, DaemonSample::threads, 4);
            assertFlat("descriptors", samples, DaemonSample::descriptors, 12);
            assertFlat("segment files", samples, DaemonSample::segmentFiles, 30);
        } finally {
            stopped.set(true);
            executor.shutdownNow();
        }
    }

    private void start(SoakTask task) {
        tasks.add(executor.submit(() -> {
            task.run();
            return null;
        }));
    }

    private void stop() throws Exception {
        stopped.set(true);
        for (Future<?> task : tasks) {
            task.get(2, TimeUnit.MINUTES);
        }
    }

    private void read(SoakReader reader, SoakLoad load) throws Exception {
        while (!stopped.get()) {
            for (int i = 0; i < TAKES_A_RESET && !stopped.get(); i++) {
                reader.take();
            }
            load.whileQuiet(reader::acceptLosses);
            for (int i = 0; i < QUIET_TAKES_A_RESET && !stopped.get(); i++) {
                reader.takeWhileQuiet();
            }
            reader.reset();
        }
    }

    /** Whoever looks on disturbs nothing; he may be cut off when the daemon is killed. */
    private void look(PgofsMount mount) {
        while (!stopped.get()) {
            mount.shell()
                    .bash(
                            "cat \"$1\"/pgo/status; cp -a \"$1\" \"$2\"; rm -rf \"$2\"",
                            mount.root(),
                            directory.resolve("all"));
        }
    }

    private static long seconds(long begin) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
    }

    /** The time that the load gets; ends early when a part of it failed. */
    private void pause(long seconds) throws Exception {
        long begin = System.nanoTime();
        while (seconds(begin) < seconds) {
            TimeUnit.MILLISECONDS.sleep(100);
            for (Future<?> task : tasks) {
                if (task.isDone()) {
                    task.get();
                }
            }
        }
    }

    /** Compares the medians of the first and of the last quarter. */
    private static void assertFlat(
            String what, List<DaemonSample> samples, ToLongFunction<DaemonSample> field, long most) {
        int quarter = Math.max(1, samples.size() / 4);
        long first = DaemonSample.median(samples.subList(0, quarter), field);
        long last = DaemonSample.median(samples.subList(samples.size() - quarter, samples.size()), field);
        System.out.printf("soak: %s from %d to %d%n", what, first, last);
        assertTrue(last <= first + most, what + " grew from " + first + " to " + last);
    }
}
