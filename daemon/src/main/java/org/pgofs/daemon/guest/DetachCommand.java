package org.pgofs.daemon.guest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code pgofs detach}. */
@Command(
        name = "detach",
        description = "Let go of a virtual machine that was attached. What it counted stays.",
        mixinStandardHelpOptions = true)
public final class DetachCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "NAME", description = "As given to pgofs attach, or as the status has it.")
    private String name;

    @Parameters(index = "1", paramLabel = "MOUNTPOINT", description = "As given to pgofs mount.")
    private Path mountPoint;

    /** Detaches. */
    @Override
    public Integer call() throws IOException {
        new Daemon(mountPoint).ask(new GuestRequest(name, "", ""));
        return CommandLine.ExitCode.OK;
    }
}
