package org.pgofs.daemon.profile;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.pgofs.profdata.read.IndexedContent;
import org.pgofs.profdata.read.ProfiledFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgofs check}. Exit codes: 0 the profile is good, 1 it is not, 2 usage. */
@Command(
        name = "check",
        description = {
            "Say how much of a profile is still of use for a program: a function that was changed since has no profile.",
            "",
            "  pgofs check server.profdata ./server",
            "",
            "The exit code is 1 if less than 90 %% of the counts are left: then collect a new profile.",
            ""
        },
        mixinStandardHelpOptions = true)
public final class CheckCommand implements Callable<Integer> {
    private static final double GOOD = 0.9;
    private static final int MOST_NAMED = 10;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "PROFILE", description = "An indexed or a raw profile.")
    private Path profile;

    @Parameters(
            index = "1",
            paramLabel = "PROGRAM|IMAGE",
            description = "An instrumented executable or shared library; or the name of an image in the mount.")
    private String program;

    @Option(
            names = "--mount",
            paramLabel = "MOUNTPOINT",
            description = "Where the image is. Not needed if there is only one mount.")
    private Path mountPoint;

    /** For picocli. */
    public CheckCommand() {}

    @Override
    public Integer call() throws IOException {
        IndexedContent content = ProfileWord.file(profile);
        ProfileCheck check = new ProfileCheck(content, functions());
        PrintWriter out = spec.commandLine().getOut();
        out.printf("functions of the program  %d%n", check.functions());
        out.printf("  with a profile          %d%n", check.same());
        out.printf(
                "  changed since           %d, with %.1f %% of the counts%n",
                check.changed().size(), 100 * check.share(check.changed()));
        print(out, check, check.changed());
        out.printf(
                "  without a profile       %d%n",
                check.functions() - check.same() - check.changed().size());
        out.printf(
                "only in the profile       %d, with %.1f %% of the counts%n",
                check.gone().size(), 100 * check.share(check.gone()));
        print(out, check, check.gone());
        out.printf("counts that are left      %.1f %%%n", 100 * check.left());
        out.flush();
        return check.left() >= GOOD ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private static void print(PrintWriter out, ProfileCheck check, List<ProfileCheck.Lost> lost) {
        lost.stream()
                .filter(function -> function.counts() > 0)
                .limit(MOST_NAMED)
                .forEach(function -> out.printf(
                        "    %5.1f %%  %s%n",
                        100 * check.share(List.of(function)), ProfileWord.printable(function.name())));
    }

    private Map<String, Set<Long>> functions() throws IOException {
        Path file = ProfileWord.path(program);
        if (ProfileWord.isFile(program)) {
            try {
                return ProgramFunctions.of(file);
            } catch (NoSuchFileException e) {
                throw new IOException(program + " does not exist", e);
            } catch (IOException e) {
                throw new IOException(program + " " + e.getMessage(), e);
            }
        }
        Map<String, Set<Long>> functions = new HashMap<>();
        for (ProfiledFunction function : ProfileWord.image(program, mountPoint).functions()) {
            functions.computeIfAbsent(function.name(), name -> new HashSet<>()).add(function.hash());
        }
        return functions;
    }
}
