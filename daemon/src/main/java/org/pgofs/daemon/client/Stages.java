package org.pgofs.daemon.client;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/** Says what a command is at, if that takes longer than a moment. Thread-safe. */
public final class Stages implements AutoCloseable {
    private static final long MOMENT = TimeUnit.SECONDS.toMillis(1);

    /** Without a terminal nobody waits, and lines come later and less often. */
    private static final int SECONDS_A_LINE = 10;

    /** Set by the launcher if somebody waits at a terminal for a daemon in the background. */
    private static final String WAITED_FOR = "PGOFS_WAITED_FOR";

    private final PrintWriter err;
    private final long moment;
    private final Thread thread = new Thread(this::run, "stages");
    // Guarded by this:
    private String stage = "";
    private boolean ended;

    Stages(PrintWriter err, long moment) {
        this.err = err;
        this.moment = moment;
    }

    /**
     * Says nothing yet.
     *
     * @param err standard error
     * @return to be closed before anything else is printed
     */
    public static Stages begin(PrintWriter err) {
        Stages stages = new Stages(err, MOMENT);
        stages.start();
        return stages;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Takes note that a stage begins.
     *
     * @param next what it is at, as "reading a.profraw"
     */
    public synchronized void at(String next) {
        stage = next;
    }

    private void run() {
        long begin = System.nanoTime();
        boolean isWaitedFor = System.getenv(WAITED_FOR) != null;
        if (hasEnded(moment)
                || (!isWaitedFor && !ProgressLine.isTerminal() && hasEnded(moment * (SECONDS_A_LINE - 1)))) {
            return;
        }
        try (ProgressLine line = ProgressLine.begin(err, SECONDS_A_LINE)) {
            do {
                line.show("pgofs: " + current() + ", " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin)
                        + " s");
            } while (!hasEnded(MOMENT));
        }
    }

    private synchronized String current() {
        return stage;
    }

    /** Waits for the end, but not longer than some time. */
    private synchronized boolean hasEnded(long millis) {
        try {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            for (long left = millis; !ended && left > 0; ) {
                wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            }
            return ended;
        } catch (InterruptedException e) {
            return true;
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            ended = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
