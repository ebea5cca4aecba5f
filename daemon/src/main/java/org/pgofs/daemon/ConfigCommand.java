package org.pgofs.daemon;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pgofs.counters.SegmentDirectory;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pgofs config}. */
@Command(
        name = "config",
        description =
                "Print what a build needs: clang $(pgofs config --cflags) -c a.c; clang $(pgofs config --libs) a.o",
        mixinStandardHelpOptions = true)
final class ConfigCommand implements Callable<Integer> {
    private static final String INSTRUMENT = "-fprofile-generate";

    @Spec
    private CommandSpec spec;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Choice choice;

    /** What to print. */
    private static final class Choice {
        @Option(names = "--cflags", description = "What instruments: for compiling with clang.")
        private boolean cflags;

        @Option(names = "--libs", description = "What publishes the counters: for linking with clang, at any place.")
        private boolean libs;

        @Option(
                names = "--runtime",
                description = "The runtime alone: for linking with another way of instrumentation, as for coverage.")
        private boolean runtime;

        @Option(names = "--segment-dir", description = "Where targets publish unless PGOFS_SEGMENT_DIR says otherwise.")
        @SuppressWarnings("UnusedVariable") // the choice that is left
        private boolean segmentDirectory;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (choice.cflags) {
            out.println(INSTRUMENT);
        } else if (choice.libs) {
            out.println(INSTRUMENT + " " + runtime());
        } else if (choice.runtime) {
            out.println(runtime());
        } else {
            out.println(SegmentDirectory.DEFAULT);
        }
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    private static Path runtime() {
        return Path.of(System.getProperty("pgofs.home")).resolve("lib").resolve("libpgofs_rt.a");
    }
}
