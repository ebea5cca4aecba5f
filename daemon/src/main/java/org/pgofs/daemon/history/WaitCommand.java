package org.pgofs.daemon.history;

import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.pgofs.daemon.client.CallersPath;
import org.pgofs.daemon.client.ImageFilter;
import org.pgofs.daemon.client.ProgressLine;
import org.pgofs.daemon.client.Seconds;
import org.pgofs.daemon.client.ServedMount;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgofs wait}. */
@Command(
        name = "wait",
        description = {
            "Wait until a profile is complete enough: no counter has become other than 0 for some time, and the shares of"
                    + " all counters are nearly what they were one minute ago.",
            "",
            "  pgofs wait --converged --timeout 10m server && pgofs collect server",
            "",
            "Programs may start later. While this waits, pgofs status shows how far each image is.",
            ""
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the profile is complete enough", "1:failed", "2:usage", "3:it was not in time"},
        mixinStandardHelpOptions = true)
public final class WaitCommand implements Callable<Integer> {
    private static final int TOO_LATE = 3;
    private static final long BETWEEN_MS = 1000;
    private static final double MOST_PERCENT = 100;
    private static final double MINUTE = 60;

    /** Without a terminal, lines come less often. */
    private static final int QUESTIONS_A_LINE = 10;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("UnusedVariable") // the only thing that can be waited for
    @Option(names = "--converged", required = true, description = "What is waited for.")
    private boolean converged;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10m",
            converter = Seconds.class,
            description = "Give up after 90s, 10m or 1h (default: 10m).")
    private Double timeout;

    @Option(
            names = "--quiet",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = Seconds.class,
            description = "For how long no counter may have become other than 0 (default: 30s).")
    private Double quiet;

    @Option(
            names = "--overlap",
            paramLabel = "PERCENT",
            defaultValue = "99",
            description = "How much the profile must be like the earlier one (default: 99).")
    private double overlap;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = Seconds.class,
            description = "How old the earlier profile is, 1s to 60s (default: 60s). Profiles are kept every 10 s.")
    private Double since;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NAME",
            description = "An image, or its name without the build id (default: all together). A word with a / is the"
                    + " MOUNTPOINT.")
    private String name;

    @Parameters(index = "1", arity = "0..1", paramLabel = "MOUNTPOINT", description = ServedMount.DESCRIPTION)
    private Path mountPoint;

    /** For picocli. */
    public WaitCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        if (mountPoint == null && name != null && name.indexOf('/') >= 0) {
            mountPoint = CallersPath.ofThisProcess().convert(name);
            name = null;
        }
        ServedMount mount = ServedMount.of(ServedMount.of(mountPoint).path());
        Progress progress = await(mount);
        if (!isEnough(progress)) {
            spec.commandLine()
                    .getErr()
                    .println("pgofs: not converged in time: " + progress.line(since) + wanted(progress));
            return TOO_LATE;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("converged: " + progress.line(since));
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    /** What the last question was answered. */
    private Progress await(ServedMount mount) throws IOException, InterruptedException {
        long end = System.nanoTime() + (long) (timeout * TimeUnit.SECONDS.toNanos(1));
        try (ProgressLine line = ProgressLine.begin(spec.commandLine().getErr(), QUESTIONS_A_LINE)) {
            Progress progress = ask(mount);
            while (!isEnough(progress) && System.nanoTime() - end < 0) {
                line.show(progress.line(since));
                Thread.sleep(BETWEEN_MS);
                progress = ask(mount);
            }
            return progress;
        }
    }

    private void check() {
        if (!(overlap > 0 && overlap <= MOST_PERCENT)) {
            throw new ParameterException(spec.commandLine(), "--overlap takes 0 to 100, and not " + overlap);
        }
        if (since < 1 || since > MINUTE) {
            throw new ParameterException(spec.commandLine(), "--since takes 1s to 60s");
        }
    }

    private Progress ask(ServedMount mount) throws IOException {
        if (name == null) {
            return Watched.all(mount);
        }
        return Watched.of(mount, new ImageFilter(name).meant(mount.images()));
    }

    private boolean isEnough(Progress progress) {
        return progress.nonzero() > 0
                && progress.quietSeconds() >= quiet
                && progress.overlap(since)
                        .map(last -> last.percent() >= overlap)
                        .orElse(false);
    }

    private static String text(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    /** What is missing, if the sentence does not say it already. */
    private String wanted(Progress progress) {
        return progress.nonzero() == 0
                ? name == null ? ": does an instrumented program run?" : ": does " + name + " run?"
                : "; wanted are " + text(quiet) + " s and " + text(overlap) + " %";
    }
}
