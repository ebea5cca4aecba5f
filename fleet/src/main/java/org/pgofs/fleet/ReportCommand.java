package org.pgofs.fleet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.pgofs.daemon.profile.ImageProfile;
import org.pgofs.daemon.profile.NewFile;
import org.pgofs.daemon.report.Fleet;
import org.pgofs.fleet.job.BestResult;
import org.pgofs.fleet.job.ResultReader;
import org.pgofs.fleet.job.StoredResult;
import org.pgofs.fleet.job.Window;
import org.pgofs.fleet.store.ObjectStore;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pgofs fleet report}. Exit codes: 0 written, 1 failed, 2 usage. */
@Command(
        name = "report",
        description = {
            "Show the profile of many machines as a page for a browser: one file that needs nothing else, and loads nothing.",
            "",
            "  pgofs fleet report --from /srv/profiles --image server -o server.html",
            "",
            "It has all that the page of pgofs report has, and the machines, those that are unlike the others first; how much each"
                    + " window brought, how many functions ran in it, and how much it is like the one before.",
            ""
        },
        mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
    private static final int MOST_WINDOWS = 400;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "STORE",
            required = true,
            description = "Where the results of pgofs fleet merge are: a directory, or s3://BUCKET/PREFIX.")
    private String from;

    @Option(
            names = "--image",
            paramLabel = "NAME|BUILDID",
            required = true,
            description =
                    "The base name of the program's file, of which the newest result is shown, or a build id or 8 digits of"
                            + " it or more.")
    private String image;

    @Option(
            names = "--variant",
            paramLabel = "WORD",
            defaultValue = "",
            description = "How it is instrumented, as in the store (default: ir if there is one, else what there is).")
    private String variant;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            defaultValue = "report.html",
            description = "Where the page goes (default: report.html).")
    private Path output;

    /** For picocli. */
    ReportCommand() {}

    @Override
    public Integer call() throws IOException {
        try (ObjectStore store = MergeCommand.open(from)) {
            ResultReader results = new ResultReader(store);
            StoredResult shown = shown(results);
            try (NewFile file = NewFile.begin(output)) {
                new Fleet(windows(results, shown), hosts(shown.manifest()), leftOut(shown.manifest()))
                        .write(profile(shown), file);
                file.finish();
            }
        }
        spec.commandLine().getOut().println(output);
        spec.commandLine().getOut().flush();
        return CommandLine.ExitCode.OK;
    }

    private StoredResult shown(ResultReader results) throws IOException {
        BestResult best = new BestResult(results, variant);
        Optional<StoredResult> ofProgram = best.ofProgram(image);
        Optional<StoredResult> found = ofProgram.isPresent() ? ofProgram : best.ofBuild(image);
        best.problems().forEach(problem -> {
            spec.commandLine().getErr().println("pgofs: passed over " + problem.replaceAll("[^\\p{Graph} ]", "?"));
            spec.commandLine().getErr().flush();
        });
        return found.orElseThrow(
                () -> new IOException("no profile of " + image + " in " + from + ": pgofs fleet merge makes one"));
    }

    private static ImageProfile profile(StoredResult shown) {
        return new ImageProfile(
                shown.image().key(),
                null,
                shown.image().id(),
                null,
                shown.window().since().toString(),
                shown.window().until().toString(),
                shown.content(),
                Map.of());
    }

    /** The newest, the oldest of them first. */
    private static List<Fleet.Window> windows(ResultReader results, StoredResult shown) throws IOException {
        List<Window> all = new ArrayList<>(results.windows(shown.image(), shown.variant()));
        Collections.sort(all);
        List<Fleet.Window> windows = new ArrayList<>();
        for (Window window : all.subList(Math.max(0, all.size() - MOST_WINDOWS), all.size())) {
            read(results, window, shown).ifPresent(windows::add);
        }
        return windows;
    }

    /** Of one that is being written, or that somebody else has put there, there is none. */
    private static Optional<Fleet.Window> read(ResultReader results, Window window, StoredResult shown) {
        try {
            return Optional.of(window(results.manifest(shown.image(), shown.variant(), window), window, shown));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Fleet.Window window(Map<?, ?> manifest, Window window, StoredResult shown) {
        return new Fleet.Window(
                window.since().toString(),
                window.until().toString(),
                number(manifest, "pieces"),
                manifest.get("hosts") instanceof Map<?, ?> hosts ? hosts.size() : 0,
                number(manifest, "total"),
                number(manifest, "functions"),
                number(manifest, "functions_that_ran"),
                share(manifest, "overlap_with_before"),
                window.equals(shown.window()));
    }

    private static List<Fleet.Host> hosts(Map<?, ?> manifest) {
        List<Fleet.Host> hosts = new ArrayList<>();
        Map<String, Set<?>> special = new LinkedHashMap<>();
        special.put("left out", names(manifest, "left_out_hosts"));
        special.put("little in common with the others", names(manifest, "odd_hosts"));
        special.put("little to count", names(manifest, "thin_hosts"));
        if (manifest.get("hosts") instanceof Map<?, ?> all) {
            all.forEach((name, fields) -> {
                if (fields instanceof Map<?, ?> host) {
                    hosts.add(new Fleet.Host(
                            name.toString(),
                            number(host, "pieces"),
                            number(host, "total"),
                            share(host, "overlap"),
                            words(special, name, host)));
                }
            });
        }
        return hosts;
    }

    private static Set<?> names(Map<?, ?> manifest, String list) {
        return manifest.get(list) instanceof List<?> names ? new HashSet<>(names) : Set.of();
    }

    private static String words(Map<String, Set<?>> special, Object name, Map<?, ?> host) {
        List<String> words = new ArrayList<>();
        special.forEach((word, names) -> {
            if (names.contains(name)) {
                words.add(word);
            }
        });
        if (host.containsKey("scaled_to")) {
            words.add("scaled down to " + number(host, "scaled_to") + " counts");
        }
        return String.join(", ", words);
    }

    private static List<Fleet.LeftOut> leftOut(Map<?, ?> manifest) {
        List<Fleet.LeftOut> leftOut = new ArrayList<>();
        if (manifest.get("rejected") instanceof List<?> all) {
            for (Object one : all) {
                if (one instanceof Map<?, ?> fields) {
                    leftOut.add(new Fleet.LeftOut(
                            String.valueOf(fields.get("object")), String.valueOf(fields.get("reason"))));
                }
            }
        }
        return leftOut;
    }

    private static long number(Map<?, ?> fields, String name) {
        return fields.get(name) instanceof Long number && number > 0 ? number : 0;
    }

    private static Double share(Map<?, ?> fields, String name) {
        return fields.get(name) instanceof Double share && share >= 0 && share <= 1 ? share : null;
    }
}
