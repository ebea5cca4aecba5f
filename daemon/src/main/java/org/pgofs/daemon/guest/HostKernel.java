package org.pgofs.daemon.guest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.image.KernelSections;
import org.pgofs.counters.kernel.DeadKernel;
import org.pgofs.counters.kernel.KernelFiles;
import org.pgofs.counters.kernel.KernelWatch;
import org.pgofs.counters.linux.Uevents;

/** The kernel that runs this machine. */
public final class HostKernel {
    private static final KernelFiles FILES = KernelFiles.ofThisMachine();

    private HostKernel() {}

    /**
     * Attaches it if it says that it can be read. What keeps it from being read goes into the status.
     *
     * @param store to which it is attached
     * @param wanted whether it is wanted at all
     * @throws IOException if what an earlier daemon has of it cannot be read
     */
    public static void attachIfReadable(CounterStore store, boolean wanted) throws IOException {
        if (!wanted) {
            store.kernel().leaveOut();
        } else if (KernelWatch.hasNote(FILES)) {
            try {
                attach(store, Optional.empty());
            } catch (IOException e) {
                store.kernel().cannotAttach(e.getMessage());
            }
        }
    }

    /**
     * Attaches it.
     *
     * @param vmlinux its file, if it has no note
     * @throws IOException if it cannot be attached; the message is one line that says why
     */
    static void attach(CounterStore store, Optional<Path> vmlinux) throws IOException {
        store.kernel().attach(KernelWatch.open(FILES, KernelRecords::image, Uevents::new, sections(vmlinux)));
    }

    /**
     * Adds what a kernel counted that no longer runs.
     *
     * @param core a file with its memory
     * @param vmlinux its file, if it has no note
     * @throws IOException if there are no counts in it; the message is one line that says why
     */
    static void addDead(CounterStore store, Path core, Optional<Path> vmlinux) throws IOException {
        store.kernel().add(DeadKernel.read(core, KernelRecords::image, sections(vmlinux)));
    }

    private static Optional<KernelSections> sections(Optional<Path> vmlinux) throws IOException {
        return vmlinux.isPresent() ? Optional.of(Vmlinux.sections(vmlinux.get())) : Optional.empty();
    }
}
