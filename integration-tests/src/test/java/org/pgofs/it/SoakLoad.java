package org.pgofs.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;

/**
 * Processes that come and go, {@value #RATE} a second, and end in every way; beside them programs that run on. What they
 * counted is known exactly. Thread-safe.
 */
final class SoakLoad implements AutoCloseable {
    static final int RATE = 50;

    private static final int WORKERS = 4;
    private static final int SIGKILL_STATUS = 128 + 9;
    private static final int MOST_CALLS = 5000;

    private final Shell shell;
    private final Path program;
    private final Path library;
    private final List<Worker> workers = new ArrayList<>();
    /** Whoever counts holds it for reading: for writing, nobody counts. */
    private final ReentrantReadWriteLock counting = new ReentrantReadWriteLock(true);

    private SoakCounts made = SoakCounts.NONE;
    private long processes;

    SoakLoad(Shell shell, Toolchain toolchain, Path directory) throws IOException {
        this.shell = shell;
        program = toolchain.instrumented(directory.resolve("burst"), Checkout.SOURCES.resolve("c/burst.c"));
        library = toolchain.instrumented(
                directory.resolve("liblibrary.so"), "-fPIC", "-shared", Checkout.SOURCES.resolve("c/library.c"));
        Path worker = toolchain.worker(directory);
        for (int i = 0; i < WORKERS; i++) {
            workers.add(Worker.start(shell, worker));
        }
    }

    /** What was counted so far; exact while nobody counts. */
    synchronized SoakCounts made() {
        return made;
    }

    synchronized long processes() {
        return processes;
    }

    private synchronized void add(SoakCounts counts, int ended) {
        made = made.plus(counts);
        processes += ended;
    }

    /** Does something while nobody counts: what ran has ended or waits. */
    void whileQuiet(SoakTask task) throws Exception {
        counting.writeLock().lock();
        try {
            task.run();
        } finally {
            counting.writeLock().unlock();
        }
    }

    /** Starts processes until that is to end; several threads may do so, at a rate each. */
    void run(long seed, int rate, BooleanSupplier ended) throws Exception {
        Random random = new Random(seed);
        long begin = System.nanoTime();
        for (long started = 0; !ended.getAsBoolean(); started++) {
            counting.readLock().lock();
            try {
                runOne(random);
            } finally {
                counting.readLock().unlock();
            }
            LockSupport.parkNanos(begin + started * TimeUnit.SECONDS.toNanos(1) / rate - System.nanoTime());
        }
    }

    private void runOne(Random random) throws Exception {
        int calls = 1 + random.nextInt(MOST_CALLS);
        switch (random.nextInt(8)) {
            case 0 -> burst("kill", SIGKILL_STATUS, calls, SoakCounts.ofCalls(calls, 0));
            case 1 -> burst("fork", 0, calls, SoakCounts.ofCalls(2L * calls, 0));
            case 2 -> burst("exec", 0, calls, SoakCounts.ofCalls(2L * calls, 0));
            case 3 -> burst("library", 0, calls, SoakCounts.ofCalls(calls, calls));
            case 4 -> work(workers.get(random.nextInt(WORKERS)), calls);
            default -> burst("exit", 0, calls, SoakCounts.ofCalls(calls, 0));
        }
    }

    private void burst(String how, int status, int calls, SoakCounts counts) throws Exception {
        Process process = shell.command(program.toString(), how, Integer.toString(calls), library.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int ended = process.waitFor();
        if (ended != status || !output.isEmpty()) {
            throw new AssertionError("burst %s ended with %d and said: %s".formatted(how, ended, output));
        }
        add(counts, 1);
    }

    private void work(Worker worker, int calls) throws IOException {
        synchronized (worker) {
            worker.work(calls);
        }
        add(SoakCounts.ofCalls(calls, 0), 0);
    }

    @Override
    public void close() {
        workers.forEach(Worker::close);
    }
}
