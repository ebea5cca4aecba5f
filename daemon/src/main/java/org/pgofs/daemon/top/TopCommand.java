package org.pgofs.daemon.top;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.pgofs.daemon.client.CallersPath;
import org.pgofs.daemon.client.ImageFilter;
import org.pgofs.daemon.client.ServedMount;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgofs top}. */
@Command(
        name = "top",
        description = {
            "Show what programs count right now, function by function.",
            "Counts are entries of functions and of blocks in them, not time. Nothing is read when nobody looks.",
            "Keys: q ends it, h explains the others.",
            ""
        },
        mixinStandardHelpOptions = true)
public final class TopCommand implements Callable<Integer> {
    private static final double SHORTEST = 0.1;
    private static final double LONGEST = 3600;
    private static final double MILLIS = TimeUnit.SECONDS.toMillis(1);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "-d",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "Between two readings (default: 1).")
    private double delay;

    @Option(names = "-n", paramLabel = "COUNT", description = "End after so many views.")
    private Integer count;

    @Option(names = "--once", description = "Print one view as text, and end.")
    private boolean once;

    @Option(names = "--json", description = "Print a JSON object in one line; with -n so many.")
    private boolean json;

    @Option(names = "--csv", description = "Print the rows as comma-separated values; with -n so often.")
    private boolean csv;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NAME",
            description = "The image that is shown, or its name without the build id (default: all). A word with a / is"
                    + " the MOUNTPOINT.")
    private String name;

    @Parameters(index = "1", arity = "0..1", paramLabel = "MOUNTPOINT", description = ServedMount.DESCRIPTION)
    private Path mountPoint;

    /** Shows it until it is told to end. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        if (mountPoint == null && name != null && name.indexOf('/') >= 0) {
            mountPoint = CallersPath.ofThisProcess().convert(name);
            name = null;
        }
        MountReader reader = new MountReader(ServedMount.of(mountPoint), new ImageFilter(name));
        long delayMillis = (long) (delay * MILLIS);
        if (once || json || csv) {
            print(new Watch(reader), delayMillis);
        } else {
            try (Terminal terminal = Terminal.open()) {
                new Screen(terminal, reader, delayMillis, count == null ? Integer.MAX_VALUE : count).run();
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private void check() {
        if (!(delay >= SHORTEST && delay <= LONGEST)) {
            throw new ParameterException(spec.commandLine(), "-d takes 0.1 to 3600 seconds, and not " + delay);
        }
        if (count != null && count < 1) {
            throw new ParameterException(spec.commandLine(), "-n takes a number from 1 on, and not " + count);
        }
        if ((once && count != null) || (once ? 1 : 0) + (json ? 1 : 0) + (csv ? 1 : 0) > 1) {
            throw new ParameterException(
                    spec.commandLine(), "choose one of --once, --json, --csv; -n is not for --once");
        }
    }

    private void print(Watch watch, long delayMillis) throws IOException, InterruptedException {
        Function<View, String> text = json ? TopJson::of : csv ? TopText::csv : TopText::of;
        PrintWriter out = spec.commandLine().getOut();
        watch.look();
        if (csv) {
            out.print(TopText.csvHeading());
        }
        for (int i = 0; i < (count == null ? 1 : count); i++) {
            TimeUnit.MILLISECONDS.sleep(delayMillis);
            watch.look();
            out.print(text.apply(watch.view(View.Order.RATE)));
            out.flush();
        }
    }
}
