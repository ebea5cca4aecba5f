package org.pgofs.daemon.service;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.pgofs.counters.linux.ServiceManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager that the daemon is ready, and from then on, again and again, that it serves, and what.
 *
 * <ol>
 *   <li>It assumes that the proof and the words come from where a daemon that is stuck would not answer.
 *   <li>It guarantees that the service manager hears nothing while either of them fails or does not return: then it ends the
 *       daemon and starts it again.
 * </ol>
 */
public final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    /** Where nobody waits for it, it is only what is shown. */
    private static final Duration USUAL = Duration.ofSeconds(30);

    /** So that one may fail. */
    private static final int BEATS = 3;

    private final Listener listener;
    private final Duration interval;
    private final Callable<Boolean> proof;
    private final Supplier<String> words;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "heartbeat");

    /** Who wants to hear it. */
    @FunctionalInterface
    interface Listener {
        void tell(String... assignments) throws IOException;
    }

    /** Not begun yet. */
    Heartbeat(Listener listener, Duration interval, Callable<Boolean> proof, Supplier<String> words) {
        this.listener = listener;
        this.interval = interval;
        this.proof = proof;
        this.words = words;
        thread.setDaemon(true);
    }

    /**
     * Not begun yet.
     *
     * @param manager hears it
     * @param proof whether the daemon serves
     * @param words what it serves
     * @return the heartbeat, to be closed when the daemon ends
     */
    public static Heartbeat of(ServiceManager manager, Callable<Boolean> proof, Supplier<String> words) {
        Duration interval =
                manager.watchdog().map(time -> time.dividedBy(BEATS)).orElse(USUAL);
        return new Heartbeat(manager::tell, interval, proof, words);
    }

    /** The daemon is ready. */
    public void begin() {
        tell("READY=1", status());
        thread.start();
    }

    /** The daemon ends. */
    @Override
    public void close() {
        ended.countDown();
        tell("STOPPING=1", "STATUS=Saving counts");
    }

    private void run() {
        try {
            while (!ended.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                beat();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void beat() {
        try {
            if (proof.call()) {
                tell("WATCHDOG=1", status());
            } else {
                LOG.warn("the mount does not answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("cannot tell whether the mount answers", e);
        }
    }

    private String status() {
        return "STATUS=" + LogLine.oneLine(words.get());
    }

    private void tell(String... assignments) {
        try {
            listener.tell(assignments);
        } catch (IOException e) {
            LOG.warn("the service manager does not hear this daemon: {}", e.getMessage());
        }
    }
}
