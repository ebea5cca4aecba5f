package org.pgofs.daemon;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgofs help}. Of its own commands, the launcher shows the help before it comes to this. */
@Command(name = "help", description = "Explain a command, as COMMAND --help does.", mixinStandardHelpOptions = true)
final class HelpCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "Its name. Without one, all commands are named.")
    private String name;

    @Override
    public Integer call() {
        CommandLine root = spec.root().commandLine();
        CommandLine command = name == null ? root : root.getSubcommands().get(name);
        if (command == null) {
            throw new ParameterException(root, CommandNames.unknown("command", name, CommandNames.all(root)));
        }
        command.usage(root.getOut());
        return CommandLine.ExitCode.OK;
    }
}
