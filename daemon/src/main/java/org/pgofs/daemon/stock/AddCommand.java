package org.pgofs.daemon.stock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.pgofs.daemon.client.ServedMount;
import org.pgofs.daemon.guest.Daemon;
import org.pgofs.fs.fuse.Mount;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgofs add}. */
@Command(
        name = "add",
        description = {
            "Add raw profiles that programs with the compiler's own runtime wrote: yesterday's, or another machine's.",
            "",
            "Each file counts as one process that has ended, in any raw version from 5 to 11. Of several profiles of one"
                    + " image in a file each has all that was counted since the start: the highest counts count.",
            "",
            "Nothing in a file says which process wrote it. A file that is added twice counts twice, and one of a"
                    + " process that was attached counts beside what was read of it: let such a process write where pgofs"
                    + " config --profile-file says.",
        },
        mixinStandardHelpOptions = true)
public final class AddCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE... [MOUNTPOINT]",
            description = "Raw profiles (.profraw), and the mount. " + ServedMount.DESCRIPTION)
    private List<Path> paths;

    /** Adds one file after another; one that cannot be added does not keep the others from it. */
    @Override
    public Integer call() throws IOException {
        int last = paths.size() - 1;
        boolean named = Files.isDirectory(paths.get(last));
        if (named && last == 0) {
            throw new CommandLine.ParameterException(spec.commandLine(), "which files? " + paths.get(0) + " is none");
        }
        Path mountPoint = ServedMount.of(named ? paths.get(last) : null).path();
        Mount.require(mountPoint);
        Daemon daemon = new Daemon(mountPoint);
        int exitCode = CommandLine.ExitCode.OK;
        for (Path file : paths.subList(0, named ? last : paths.size())) {
            try {
                daemon.ask(ProfileRequests.FILE, ProfileRequests.add(file));
                spec.commandLine().getOut().println("added " + file);
            } catch (IOException e) {
                spec.commandLine().getErr().println("pgofs: " + e.getMessage());
                exitCode = CommandLine.ExitCode.SOFTWARE;
            }
        }
        return exitCode;
    }
}
