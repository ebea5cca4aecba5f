package org.pgofs.counters;

import java.io.IOException;
import java.util.List;
import org.pgofs.counters.limits.Usage;
import org.pgofs.counters.process.Processes;
import org.pgofs.counters.process.WrittenProfile;
import org.pgofs.counters.written.PreparedProfile;

/** The processes with the compiler's own runtime that count in a store. Thread-safe. */
public final class StockProcesses {
    private final StoreLock lock;
    private final Usage usage;
    private final Processes processes;
    private final WrittenProfiles written;
    private final Ledger ledger;

    StockProcesses(StoreLock lock, Usage usage, Processes processes, WrittenProfiles written, Ledger ledger) {
        this.lock = lock;
        this.usage = usage;
        this.processes = processes;
        this.written = written;
        this.ledger = ledger;
    }

    /**
     * Reads a process through its memory from now on, with its libraries and the children that it forks; over restarts of
     * this process.
     *
     * @param pid its number
     * @throws IOException if there is nothing to read in it; the message is one line that says why
     */
    public void attach(int pid) throws IOException {
        processes.attach(pid);
        lock.run(ledger::save);
    }

    /**
     * Checks whether a file may be added, before it is read.
     *
     * @param owner whose it is
     * @param bytes its size
     * @throws IOException if it may not; the message says why, without a name
     */
    public void requireRoom(int owner, long bytes) throws IOException {
        lock.run(() -> {
            requireCounted(owner);
            usage.requireReading(bytes);
        });
    }

    private void requireCounted(int owner) throws IOException {
        if (!usage.counts(owner)) {
            throw new IOException(
                    "is a file of user " + Integer.toUnsignedString(owner) + ", who is excluded by -o users=");
        }
    }

    /**
     * Adds what a process with the compiler's own runtime wrote: it counts as one that has ended.
     *
     * @param name for images that are not known yet: a path, whose last part they are called by
     * @param owner whose process it was
     * @param profiles of its images, in the order in which they were written; see
     *     {@link org.pgofs.counters.counts.ImageCounters#countsOf(List, org.pgofs.counters.counts.MemberReader)}
     * @return the names of the images
     * @throws IOException if it cannot be added; the message says why, without a name. Nothing has changed then.
     */
    public List<String> add(String name, int owner, List<WrittenProfile> profiles) throws IOException {
        List<PreparedProfile> prepared = PreparedProfile.of(profiles);
        return lock.ask(() -> {
            requireCounted(owner);
            return written.add(name, owner, prepared);
        });
    }
}
