package org.pgofs.daemon.guest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pgofs.counters.kernel.KernelStatus;
import org.pgofs.daemon.client.ServedMount;
import org.pgofs.daemon.guest.GuestRequest.Verb;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code pgofs detach}. */
@Command(name = "detach", description = "Detach a kernel. Its counts stay.", mixinStandardHelpOptions = true)
public final class DetachCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description = "The name of a virtual machine, as the status shows it; or " + KernelStatus.VMLINUX
                    + ": the kernel that runs this machine, with its modules. Attached again, they count from then on.")
    private String name;

    @Parameters(index = "1", arity = "0..1", paramLabel = "MOUNTPOINT", description = ServedMount.DESCRIPTION)
    private Path mountPoint;

    /** Detaches. */
    @Override
    public Integer call() throws IOException {
        Verb verb = name.equals(KernelStatus.VMLINUX) ? Verb.DETACH_RUNNING : Verb.DETACH;
        new Daemon(ServedMount.of(mountPoint).path()).ask(new GuestRequest(verb, name, "", ""));
        return CommandLine.ExitCode.OK;
    }
}
