package org.pgofs.fleet;

import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.pgofs.daemon.client.CallersPath;
import org.pgofs.fleet.job.Demands;
import org.pgofs.fleet.job.ImagePieces;
import org.pgofs.fleet.job.LocalMerge;
import org.pgofs.fleet.job.Merger;
import org.pgofs.fleet.job.PartialResult;
import org.pgofs.fleet.job.PieceFinder;
import org.pgofs.fleet.job.QualityMerge;
import org.pgofs.fleet.job.Rejected;
import org.pgofs.fleet.job.ResultStore;
import org.pgofs.fleet.job.Weights;
import org.pgofs.fleet.job.Window;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceName;
import org.pgofs.fleet.store.Stores;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pgofs fleet merge}. Exit codes: 0 each image has its result, 1 one has none, 2 usage. */
@Command(
        name = "merge",
        description = {
            "Merge the pieces of many machines: for each image and variant one profile, with a manifest of what is in it.",
            "",
            "  pgofs fleet merge --from /srv/pieces --to /srv/profiles --since 2026-11-30 --until 2026-12-01",
            "",
            "The result is merged/IMAGE-BUILDID/VARIANT/SINCE-UNTIL/profdata in the store of --to, with manifest.json beside"
                    + " it; the file latest above names the window that ends last. The same pieces give the same bytes."
                    + " Pieces that are damaged are named and left out.",
            ""
        },
        mixinStandardHelpOptions = true)
final class MergeCommand implements Callable<Integer> {
    /** What a terminal would obey. */
    private static final String UNPRINTABLE = "[^\\p{Graph} ]";

    private static final int MOST_NAMED = 10;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "STORE",
            required = true,
            description = "Where the pieces are: " + Stores.KINDS + ".")
    private String from;

    @Option(names = "--to", paramLabel = "STORE", required = true, description = "Where the results go.")
    private String to;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = HourWord.class,
            description = "The first hour, such as 2026-11-30 or 2026-11-30T16:00Z (default: that of the first piece).")
    private Instant since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = HourWord.class,
            description = "The hour behind the last (default: that behind the last piece, but not in the future).")
    private Instant until;

    @Option(
            names = "--image",
            paramLabel = "NAME|BUILDID",
            defaultValue = "",
            description = "Only images of this name, or with this build id or 8 digits of it or more.")
    private String image;

    @Option(
            names = "--weight",
            paramLabel = "LABEL=VALUE:N",
            description = "Pieces of hosts with this label count N times. May be given several times.")
    private List<String> weightWords = List.of();

    @Option(
            names = "--min-overlap",
            paramLabel = "PERCENT",
            defaultValue = "0",
            converter = PercentWord.class,
            description =
                    "Leave out hosts that have less than this of their counts in common with the others, such as 30%%."
                            + " Without it they are named.")
    private BigDecimal minOverlap;

    @Option(
            names = "--max-share",
            paramLabel = "PERCENT",
            defaultValue = "100",
            converter = PercentWord.class,
            description = "Scale down the counts of each host that has more than this of all counts, such as 10%%.")
    private BigDecimal maxShare;

    @Mixin
    private SparkOptions spark = new SparkOptions();

    /** For picocli. */
    MergeCommand() {}

    @Override
    public Integer call() throws IOException {
        Weights weights = weights();
        Demands demands = demands();
        boolean onSpark = spark.isAskedFor();
        try (ObjectStore pieces = open(from);
                ObjectStore results = open(to)) {
            List<ImagePieces> found = new PieceFinder(pieces, range(), image).find();
            if (found.isEmpty()) {
                throw new IOException("no pieces in " + from + (image.isEmpty() ? "" : " of an image " + image)
                        + (since == null && until == null ? "" : ", of these hours"));
            }
            Window window = window(found);
            try (Merger merger = onSpark ? spark.merger(absolute(from), weights) : local(pieces, weights)) {
                QualityMerge merge = new QualityMerge(merger, demands);
                boolean all = true;
                for (ImagePieces one : found) {
                    ImagePieces inside = one.within(window);
                    if (!inside.isEmpty()) {
                        all &= merge(inside, window, merge, new ResultStore(results), weights);
                    }
                }
                return all ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
            }
        }
    }

    private static Merger local(ObjectStore pieces, Weights weights) {
        return new LocalMerge(pieces, weights, Runtime.getRuntime().availableProcessors());
    }

    private Weights weights() {
        Weights weights = new Weights();
        try {
            weightWords.forEach(weights::add);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return weights;
    }

    private Demands demands() {
        try {
            return new Demands(minOverlap, maxShare);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    static ObjectStore open(String word) throws IOException {
        return Stores.open(absolute(word));
    }

    /** What is relative is so to where the caller is. */
    private static String absolute(String word) {
        boolean isPath = !word.contains(":/");
        return isPath ? CallersPath.ofThisProcess().convert(word).toString() : word;
    }

    private Window range() {
        try {
            return new Window(since == null ? Window.ALL.since() : since, until == null ? Window.ALL.until() : until);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** From the first piece on, to the last; what somebody puts into the future must not make all later results old. */
    private Window window(List<ImagePieces> found) throws IOException {
        List<Instant> hours = found.stream()
                .flatMap(one -> one.pieces().stream())
                .map(PieceName::hour)
                .sorted()
                .toList();
        Instant now = Instant.now().truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
        if (hours.isEmpty()) {
            throw new IOException("there is no piece among the objects in " + from + ", such as "
                    + found.get(0).rejected().get(0).object());
        }
        Instant begin = since == null ? hours.get(0) : since;
        Instant end = Stream.of(hours.get(hours.size() - 1).plus(1, ChronoUnit.HOURS), now)
                .min(Instant::compareTo)
                .orElseThrow();
        try {
            return new Window(begin, until == null ? end : until);
        } catch (IllegalArgumentException e) {
            throw new IOException("all pieces in " + from + " are of the future: give --until", e);
        }
    }

    /** Whether there is a result. */
    private boolean merge(ImagePieces pieces, Window window, QualityMerge merge, ResultStore results, Weights weights) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        String name = pieces.image().key() + " (" + pieces.variant() + ")";
        Progress progress = new Progress(err);
        try {
            QualityMerge.Merged merged = merge.merge(
                    pieces.pieces(),
                    done -> progress.say(
                            name + ": " + done + " of " + pieces.pieces().size() + " pieces"));
            PartialResult result = merged.result();
            pieces.rejected().forEach(result::reject);
            progress.clear();
            tell(err, result.rejected().stream().toList());
            merged.quality().sentences().forEach(sentence -> err.println("pgofs: " + name + ": " + sentence));
            String profile = results.write(pieces, window, merged, weights);
            out.printf("%s: %d pieces of %d hosts: %s%n", name, result.pieces(), result.hostCount(), profile);
            out.flush();
            return true;
        } catch (IOException e) {
            progress.clear();
            err.println("pgofs: " + name + ": " + e.getMessage().replaceAll(UNPRINTABLE, "?"));
            return false;
        }
    }

    private static void tell(PrintWriter err, List<Rejected> rejected) {
        rejected.stream()
                .limit(MOST_NAMED)
                .forEach(one -> err.println(
                        "pgofs: left out: " + (one.object() + ": " + one.reason()).replaceAll(UNPRINTABLE, "?")));
        if (rejected.size() > MOST_NAMED) {
            err.println("pgofs: left out: " + (rejected.size() - MOST_NAMED) + " more; the manifest names the first "
                    + ResultStore.MOST_REJECTED);
        }
    }
}
