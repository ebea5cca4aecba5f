package org.pgofs.daemon.guest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgofs attach}. */
@Command(
        name = "attach",
        description = {
            "Add the kernel of a virtual machine, which is read through the machine's memory and never written to.",
            "The memory must be a file that the machine has mapped shared. For QEMU:",
            "  -object memory-backend-file,id=ram,size=256M,mem-path=FILE,share=on -machine memory-backend=ram"
        },
        mixinStandardHelpOptions = true)
public final class AttachCommand implements Callable<Integer> {
    /** The kernel is found when it has counted between two looks, which are a second apart. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final long POLL_MS = 100;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--vmlinux",
            required = true,
            paramLabel = "FILE",
            description = "The kernel's ELF file, from the directory where it was built.")
    private Path kernel;

    @Option(
            names = "--ram",
            required = true,
            paramLabel = "FILE",
            description = "The memory of the machine, which must be running.")
    private Path memory;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "A name for the machine (default: the last part of the memory's path).")
    private String name;

    @Parameters(paramLabel = "MOUNTPOINT", description = "As given to pgofs mount.")
    private Path mountPoint;

    /** Attaches, and waits a little for the kernel to be found. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        if (name == null) {
            name = memory.toFile().getName();
        }
        Daemon daemon = new Daemon(mountPoint);
        daemon.ask(new GuestRequest(name, memory.toString(), kernel.toString()));
        long end = System.nanoTime() + PATIENCE.toNanos();
        Optional<Map<String, String>> guest = daemon.guest(name);
        while (guest.isPresent() && !guest.get().get("state").equals("counting") && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
            guest = daemon.guest(name);
        }
        spec.commandLine()
                .getOut()
                .println("attached " + name
                        + guest.map(fields -> ": " + fields.get("image") + ", " + fields.get("state"))
                                .orElse(", and it has ended already"));
        return CommandLine.ExitCode.OK;
    }
}
