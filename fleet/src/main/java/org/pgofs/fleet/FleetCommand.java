package org.pgofs.fleet;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pgofs fleet}. */
@Command(
        name = "fleet",
        description = {
            "Make one profile of those of many machines.",
            "",
            "  pgofs fleet merge --from /srv/pieces --to /srv/profiles",
            "  pgofs fleet pull --from /srv/profiles --program server -o server.profdata",
            "  pgofs fleet report --from /srv/profiles --image server -o server.html",
            ""
        },
        subcommands = {MergeCommand.class, PullCommand.class, ReportCommand.class},
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class FleetCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "missing command: merge, pull or report");
    }
}
