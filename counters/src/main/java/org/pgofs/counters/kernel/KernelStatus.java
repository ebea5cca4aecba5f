package org.pgofs.counters.kernel;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The running kernel.
 *
 * @param problem what is wrong with it, a sentence: why it is not read though it says that it could be, most often; empty if
 *     nothing is, or if it is not instrumented
 * @param loaded what of it is read: vmlinux and modules
 * @param notRead the modules that cannot be, and why, in words that follow the name
 */
public record KernelStatus(String problem, List<Image> loaded, Map<String, String> notRead) {
    /** The name of the kernel itself; no module and no virtual machine has it. */
    public static final String VMLINUX = "vmlinux";

    /** That of a kernel of which nothing is to be told. */
    static final KernelStatus NOTHING = new KernelStatus("", List.of(), Map.of());

    /**
     * What is loaded.
     *
     * @param name vmlinux, or that of the module
     * @param image under which it is served
     * @param read when its counts were read last: somebody wanted them
     */
    public record Image(String name, String image, Instant read) {}
}
