package org.pgofs.counters.process;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.pgofs.counters.linux.ProcessEvents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows what the kernel tells of processes, by a thread of its own, so that the child of a fork is looked at before it has
 * counted much. Thread-safe.
 */
final class ProcessListener {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessListener.class);

    /** What comes within this time is looked at together. */
    private static final long GATHER_MS = 5;

    /** How long nothing is looked for when that takes too much. */
    private static final long PAUSE_MS = 100;

    private final ProcessFinder finder;
    private final Runnable look;
    private ProcessEvents events;
    private Thread thread;
    private volatile boolean ended;
    private volatile String text = "";

    /**
     * Does not listen yet.
     *
     * @param look is called when there is something to look at
     */
    ProcessListener(ProcessFinder finder, Runnable look) {
        this.finder = finder;
        this.look = look;
    }

    /** How processes are found, in words; empty before anything was looked for. */
    String text() {
        return text;
    }

    /** Listens from now on, if the kernel lets this process. */
    synchronized void start() {
        if (!text.isEmpty()) {
            return;
        }
        try {
            events = new ProcessEvents();
            ended = false;
            finder.setEvents(events);
            thread = new Thread(this::run, "process-events");
            thread.setDaemon(true);
            thread.start();
            text = "events of the kernel";
        } catch (IOException e) {
            text = "a scan of /proc once a second (" + e.getMessage() + ")";
        }
        LOG.info("processes are found by {}", text);
    }

    private void run() {
        while (!ended) {
            try {
                events.await();
                if (!ended && finder.drain()) {
                    look.run();
                }
                TimeUnit.MILLISECONDS.sleep(finder.mayFind() ? GATHER_MS : PAUSE_MS);
            } catch (InterruptedException e) {
                return; // it is to end
            } catch (IOException | RuntimeException | Error e) {
                LOG.error("following the events of processes: they are found by a scan of /proc", e);
                finder.setEvents(null);
                text = "a scan of /proc once a second (" + e.getMessage() + ")";
                return;
            }
        }
    }

    /** Listens no longer. */
    synchronized void end() {
        text = "";
        if (events == null) {
            return;
        }
        ended = true;
        finder.setEvents(null);
        try {
            events.wake();
            thread.join();
        } catch (IOException e) {
            LOG.error("cannot end the thread that follows processes", e);
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        events.close();
        events = null;
    }
}
