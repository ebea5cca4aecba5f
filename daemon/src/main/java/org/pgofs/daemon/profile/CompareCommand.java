package org.pgofs.daemon.profile;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.profdata.read.Overlap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgofs compare}. Exit codes: 0 compared, 1 failed, 2 usage. */
@Command(
        name = "compare",
        description = {
            "Say how much two profiles are alike: the numbers of llvm-profdata overlap, and the functions whose share of"
                    + " the counts has changed most.",
            "",
            "  pgofs compare yesterday.profdata server",
            ""
        },
        mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {
    private static final int MOST_MOVED = 10;
    private static final double VISIBLE = 0.0005;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "A",
            description =
                    "An indexed or a raw profile; or the name of a program or image in the mount, which is read now.")
    private String base;

    @Parameters(index = "1", paramLabel = "B", description = "The other one.")
    private String test;

    @Option(
            names = "--mount",
            paramLabel = "MOUNTPOINT",
            description = "Where images are. Not needed if there is only one mount.")
    private Path mountPoint;

    /** For picocli. */
    public CompareCommand() {}

    @Override
    public Integer call() throws IOException {
        Overlap overlap =
                new Overlap(ProfileWord.fileOrImage(base, mountPoint), ProfileWord.fileOrImage(test, mountPoint));
        PrintWriter out = spec.commandLine().getOut();
        out.printf("functions in both         %d%n", overlap.functionsInBoth());
        out.printf(
                "  changed                 %d, with %.3f%% of the counts of B%n",
                overlap.functionsMismatched(), 100 * overlap.mismatched());
        out.printf(
                "functions only in B       %d, with %.3f%% of its counts%n",
                overlap.functionsOnlyInTest(), 100 * overlap.onlyInTest());
        out.printf("overlap of counts         %.3f%%%n", 100 * overlap.overlap());
        print(out, "overlap of call targets   %.3f%%%n", overlap, ValueKind.INDIRECT_CALL_TARGET);
        print(out, "overlap of memory sizes   %.3f%%%n", overlap, ValueKind.MEMOP_SIZE);
        print(out, "overlap of vtables        %.3f%%%n", overlap, ValueKind.VTABLE_TARGET);
        out.printf("sum of counts             %.0f in A, %.0f in B%n", overlap.baseSum(), overlap.testSum());
        out.printf("share of the counts in A and B, of those that moved most:%n");
        overlap.moved().stream()
                .filter(moved -> Math.abs(moved.test() - moved.base()) >= VISIBLE)
                .limit(MOST_MOVED)
                .forEach(moved -> out.printf(
                        "  %5.1f %%  %5.1f %%  %s%n",
                        100 * moved.base(), 100 * moved.test(), ProfileWord.printable(moved.name())));
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    private static void print(PrintWriter out, String format, Overlap overlap, ValueKind kind) {
        if (overlap.overlapOfValues(kind) >= 0) {
            out.printf(format, 100 * overlap.overlapOfValues(kind));
        }
    }
}
