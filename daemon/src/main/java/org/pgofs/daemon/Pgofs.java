package org.pgofs.daemon;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.pgofs.daemon.client.CallersPath;
import org.pgofs.daemon.doctor.DoctorCommand;
import org.pgofs.daemon.guest.AttachCommand;
import org.pgofs.daemon.guest.DetachCommand;
import org.pgofs.daemon.history.WaitCommand;
import org.pgofs.daemon.pages.PagesCommand;
import org.pgofs.daemon.profile.CheckCommand;
import org.pgofs.daemon.profile.CollectCommand;
import org.pgofs.daemon.profile.CompareCommand;
import org.pgofs.daemon.report.ReportCommand;
import org.pgofs.daemon.status.Version;
import org.pgofs.daemon.stock.AddCommand;
import org.pgofs.daemon.top.TopCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code pgofs}. Exit codes: 0 done, 1 failed, 2 usage. */
@Command(
        name = "pgofs",
        description = {
            "Profiles of instrumented programs through a mounted directory, as debugfs gives those of the kernel.",
            "",
            "  pgofs mount MOUNTPOINT",
            "  echo 1 > MOUNTPOINT/pgo/reset",
            "  (run the load)",
            "  pgofs collect PROGRAM",
            "  clang -O2 -fprofile-use=PROGRAM.profdata ...",
            ""
        },
        footer = {
            // The launcher does it, without this JVM.
            "  config  Print what a build needs:",
            "            clang $(pgofs config --cflags) -c a.c",
            "            clang $(pgofs config --libs) a.o",
            "  cc      Run a compiler, adding the options that instrument and link:",
            "            CC=\"pgofs cc -- clang\"",
            "  record  Run a command, and leave the profile of what it ran:",
            "            pgofs record -o server.profraw -- ./server",
            "  shell   Run a shell or a command with a mount of its own, also without root:",
            "            pgofs shell",
            "  kernel  Build, boot and optimise Linux kernels as targets",
            "  ship    Send what a mount counts to a store of many machines:",
            "            pgofs ship --to STORE MOUNTPOINT",
            "  fleet   Merge the profiles of many machines:",
            "            pgofs fleet merge --from STORE --to STORE"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Pgofs {
    private static final Logger LOG = LoggerFactory.getLogger(Pgofs.class);

    /** In the order of {@code --help}. */
    private static final List<Class<?>> COMMANDS = List.of(
            MountCommand.class,
            UmountCommand.class,
            StatusCommand.class,
            TopCommand.class,
            WaitCommand.class,
            AttachCommand.class,
            DetachCommand.class,
            AddCommand.class,
            RecordedCounts.class,
            DoctorCommand.class,
            CollectCommand.class,
            CheckCommand.class,
            CompareCommand.class,
            ReportCommand.class,
            HelpCommand.class,
            PagesCommand.class);

    private static final Set<Class<?>> NAMING_OTHERS = Set.of(HelpCommand.class, PagesCommand.class);

    /** Set by the launcher when it waits for a daemon in the background: where its first word goes. */
    private static final String STATUS_FD = "PGOFS_STATUS_FD";

    private Pgofs() {}

    /**
     * Runs a command.
     *
     * @param args the words after {@code pgofs}
     */
    public static void main(String[] args) {
        run(args);
    }

    /**
     * Runs a command, and ends the process with its exit code.
     *
     * @param args the words after {@code pgofs}
     * @param more commands beside those that are always there
     */
    public static void run(String[] args, Object... more) {
        nameProcess();
        CommandLine command = command(args);
        for (Object one : more) {
            command.addSubcommand(one);
        }
        statusWriter(command);
        end(command, args);
    }

    /**
     * Runs a command without the others, and ends the process with its exit code.
     *
     * @param args the words after the command's name
     * @param only the command
     */
    public static void runAlone(String[] args, Object only) {
        end(new CommandLine(only), args);
    }

    private static void end(CommandLine command, String... args) {
        command.registerConverter(Path.class, CallersPath.ofThisProcess());
        command.setParameterExceptionHandler(Pgofs::usageError);
        command.setExecutionExceptionHandler((e, commandLine, result) -> failure(e, commandLine));
        System.exit(command.execute(args));
    }

    /**
     * Picocli makes the model of a command by reflection. That of all commands is a fifth of the start of most, so only the one
     * that is called has one, unless others have to be named.
     */
    private static CommandLine command(String... args) {
        CommandLine root = new CommandLine(new Pgofs());
        List<Class<?>> called = COMMANDS.stream()
                .filter(type -> args.length > 0 && nameOf(type).equals(args[0]))
                .toList();
        boolean isOne = called.size() == 1 && !NAMING_OTHERS.contains(called.get(0));
        (isOne ? called : COMMANDS).forEach(root::addSubcommand);
        return root;
    }

    private static String nameOf(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    /** Java names each thread, but for the first, whose name is that of the process. */
    private static void nameProcess() {
        try {
            Files.writeString(Path.of("/proc/self/comm"), "pgofs");
        } catch (IOException e) {
            LOG.debug("the process keeps the name of its Java", e);
        }
    }

    private static void statusWriter(CommandLine command) {
        String fd = System.getenv(STATUS_FD);
        if (fd != null) {
            try {
                command.setErr(
                        new PrintWriter(new FileOutputStream("/proc/self/fd/" + fd), true, StandardCharsets.UTF_8));
            } catch (IOException e) {
                LOG.warn("cannot report to the launcher", e);
            }
        }
    }

    private static int usageError(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        command.getErr()
                .println("pgofs: " + words(e) + (words(e).endsWith("?") ? " See " : "; see ")
                        + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    private static String words(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return e.getMessage();
        }
        String word = unmatched.getUnmatched().get(0);
        CommandLine command = e.getCommandLine();
        if (unmatched.isUnknownOption()) {
            return CommandNames.unknown("option", word, CommandNames.options(command));
        }
        return command.getParent() == null
                ? CommandNames.unknown("command", word, CommandNames.all(command))
                : "unexpected argument: " + word;
    }

    private static int failure(Exception e, CommandLine command) {
        LOG.debug("failed", e);
        command.getErr().println("pgofs: " + message(e));
        return CommandLine.ExitCode.SOFTWARE;
    }

    static String message(Exception e) {
        Exception said = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : e;
        return said.getMessage() == null || !(said instanceof IOException) ? said.toString() : said.getMessage();
    }
}
