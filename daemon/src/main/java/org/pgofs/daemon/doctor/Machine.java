package org.pgofs.daemon.doctor;

import java.nio.file.Path;
import org.pgofs.counters.kernel.KernelFiles;

/**
 * What of a machine matters to pgofs.
 *
 * @param fuseDevice the device of FUSE
 * @param fuseLibrary the name under which libfuse is loaded
 * @param processStatus the file that tells of this process's user and capabilities
 * @param segmentDirectory where targets publish
 * @param tools the commands on PATH
 * @param kernel where the kernel tells of itself
 */
record Machine(
        Path fuseDevice,
        String fuseLibrary,
        Path processStatus,
        Path segmentDirectory,
        Tools tools,
        KernelFiles kernel) {
    /** Set by the launcher: PATH as the caller has it, without what is relative. */
    private static final String CALLERS_PATH = "pgofs.path";

    /** This machine. */
    static Machine here(Path segmentDirectory) {
        String path = System.getProperty(CALLERS_PATH, System.getenv("PATH"));
        return new Machine(
                Path.of("/dev/fuse"),
                "libfuse.so.2",
                Path.of("/proc/self/status"),
                segmentDirectory,
                Tools.ofPath(path == null ? "" : path),
                KernelFiles.ofThisMachine());
    }
}
