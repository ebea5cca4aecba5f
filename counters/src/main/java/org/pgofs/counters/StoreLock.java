package org.pgofs.counters;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/** The one lock of a store. Fair: an endless stream of events must not keep a reader waiting for more than one turn. */
final class StoreLock extends ReentrantLock {
    private static final long serialVersionUID = 1;

    private boolean closed;

    StoreLock() {
        super(true);
    }

    /** What is done under the lock, for a result. */
    interface Question<T> {
        T ask() throws IOException;
    }

    /** What is done under the lock. */
    interface Step {
        void run() throws IOException;
    }

    /** Asks under the lock, if the store is open. */
    <T> T ask(Question<T> question) throws IOException {
        lock();
        try {
            requireOpen();
            return question.ask();
        } finally {
            unlock();
        }
    }

    /** Does a step under the lock, if the store is open. */
    void run(Step step) throws IOException {
        ask(() -> {
            step.run();
            return null;
        });
    }

    /** Under the lock, before any other step: another daemon may have the directory by now. */
    void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the store is closed");
        }
    }

    /**
     * Closes the store to all that comes, once. Under the lock.
     *
     * @return whether it was open
     */
    boolean close() {
        boolean wasOpen = !closed;
        closed = true;
        return wasOpen;
    }
}
