package org.pgofs.counters;

import java.io.IOException;
import org.pgofs.counters.kernel.DeadKernel;
import org.pgofs.counters.kernel.KernelWatch;
import org.pgofs.counters.kernel.RunningKernel;

/** The kernel that this machine runs, as a store has it. Thread-safe. */
public final class MachineKernel {
    private final StoreLock lock;
    private final RunningKernel kernel;
    private final Ledger ledger;
    private final KernelThread thread;

    MachineKernel(StoreLock lock, RunningKernel kernel, Ledger ledger, SegmentWatcher watcher) {
        this.lock = lock;
        this.kernel = kernel;
        this.ledger = ledger;
        thread = new KernelThread(lock, kernel, watcher);
    }

    /**
     * Adds the kernel that this machine runs, and its modules: each becomes an image, or belongs to one that is there.
     * They stay over restarts of this process, each of which attaches them again.
     *
     * @param watch of the kernel; closed with the store, or if this fails
     * @throws IOException if it cannot be attached; the message is one line that says why
     */
    public void attach(KernelWatch watch) throws IOException {
        try {
            lock.run(() -> {
                if (kernel.isAttached()) {
                    throw new IOException("the running kernel is attached already");
                }
                kernel.attach(watch);
                ledger.saveOrRetry();
            });
        } catch (IOException | RuntimeException | Error e) {
            watch.close();
            throw e;
        }
        thread.start(watch);
    }

    /**
     * Adds what a kernel counted that no longer runs, once for each call.
     *
     * @param dead what was read of it
     * @return the name of its image
     * @throws IOException if it cannot be added, or the change cannot be saved now
     */
    public String add(DeadKernel dead) throws IOException {
        return lock.ask(() -> {
            String image = kernel.add(dead);
            ledger.save();
            return image;
        });
    }

    /**
     * Says why the running kernel is not there though it could be.
     *
     * @param problem one line, for the status; what an earlier process has of it stays as it was seen last
     * @throws IOException if that cannot be read
     */
    public void cannotAttach(String problem) throws IOException {
        lock.run(() -> {
            kernel.cannotAttach(problem);
            ledger.saveOrRetry();
        });
    }

    /**
     * Leaves the running kernel out. What an earlier process has of it stays as it was seen last.
     *
     * @throws IOException if that cannot be read
     */
    public void leaveOut() throws IOException {
        lock.run(() -> {
            kernel.leaveOut();
            ledger.saveOrRetry();
        });
    }

    /**
     * Lets go of the running kernel and its modules. What they counted until now stays in the counts of their images;
     * attached again, they count from then on.
     *
     * @throws IOException if it is not attached, or cannot be read, or the change cannot be saved now
     */
    public void detach() throws IOException {
        thread.end();
        lock.run(() -> {
            kernel.detach();
            ledger.save();
        });
    }

    /** Follows it no longer; what it counted stays as it was seen last. */
    void end() {
        thread.end();
    }
}
