package org.pgofs.daemon;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.pgofs.daemon.client.ServedMount;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pgofs status}. */
@Command(
        name = "status",
        description = "Show images, processes and counts; also what was dropped or refused, and why.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private ServedMount mount;

    @Override
    public Integer call() throws IOException {
        spec.commandLine().getOut().print(mount.read(json ? PgoTree.STATUS_JSON : "status"));
        spec.commandLine().getOut().flush();
        return CommandLine.ExitCode.OK;
    }
}
